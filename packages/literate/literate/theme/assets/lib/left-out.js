// Which step of a calculation was left out, if a wrong result is the one without it. Trees are those of arithmetic.js.

const SIGNS = { "+": "+", "-": "−", "*": "×", "/": "÷" };
const bare = name => name.replace("host:", "");

/** A tree as readers write it. spell: a name as they know it. */
function inWords(tree, spell) {
  if (!Array.isArray(tree)) return typeof tree === "string" ? spell(tree) : String(tree).replace("-", "−");
  const [name, ...parts] = tree, sign = bare(name);
  if (name === "call") return `${spell(parts[0])}(${inWords(parts[1], spell)})`;
  const [a, b] = parts.map(part => asOperand(part, spell));
  if (sign in SIGNS) return `${a} ${SIGNS[sign]} ${b}`;
  if (sign === "negative") return `−${a}`;
  return sign === "power" ? `${a}^${b}` : `${sign}(${parts.map(part => inWords(part, spell)).join(", ")})`;
}

/** The same beside a sign. */
function asOperand(tree, spell) {
  const text = inWords(tree, spell);
  return Array.isArray(tree) && bare(tree[0]) in SIGNS ? `(${text})` : text;
}

/** Each tree with one step less, and that step in words: first the steps of the whole tree. */
function* without(tree, spell) {
  if (!Array.isArray(tree) || tree[0] === "where") return;
  const [name, ...parts] = tree, [a, b] = parts, sign = bare(name);
  if (name === "call") yield [b, spell(a)];
  else if (parts.length === 1 && sign !== "negative") yield [a, sign];
  else if (sign in SIGNS) {
    yield [a, `${SIGNS[sign]} ${sign === "+" ? inWords(b, spell) : asOperand(b, spell)}`];
    const rest = { "+": b, "*": b, "-": ["negative", b], "/": ["/", 1, b] }[sign];
    yield [rest, sign === "*" || sign === "/" ? `× ${asOperand(a, spell)}` : inWords(a, spell)];
  }
  for (const [k, part] of parts.entries()) {
    for (const [shorter, step] of without(part, spell)) yield [tree.map((other, n) => n === k + 1 ? shorter : other), step];
  }
}

/** The step without which the result fits, and that result: { step, value }; null if there is none. compute(tree), fits(value). */
export function leftOut(tree, compute, fits, spell = String) {
  for (const [shorter, step] of without(tree, spell)) {
    const value = compute(shorter);
    if (Number.isFinite(value) && fits(value)) return { step, value };
  }
  return null;
}
