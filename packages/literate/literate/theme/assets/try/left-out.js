// Which step of a calculation was left out, if a wrong result is the one without it.

import { isRight } from "../lib/judge.js";

const SIGNS = { "+": "+", "-": "−", "*": "×", "/": "÷" };
const bare = name => name.replace("host:", "");

/** A tree as readers write it. */
export function said(tree) {
  if (!Array.isArray(tree)) return String(tree).replace("-", "−");
  const [name, ...parts] = tree;
  if (name === "call") return `${parts[0]}(${said(parts[1])})`;
  const [a, b] = parts.map(part => Array.isArray(part) && bare(part[0]) in SIGNS ? `(${said(part)})` : said(part));
  const sign = bare(name);
  if (sign in SIGNS) return `${a} ${SIGNS[sign]} ${b}`;
  if (sign === "negative") return `−${a}`;
  return sign === "power" ? `${a}^${b}` : `${sign}(${parts.map(said).join(", ")})`;
}

/** Each tree with one step less, and that step in words. */
function* without(tree) {
  if (!Array.isArray(tree) || tree[0] === "where") return;
  const [name, ...parts] = tree;
  const sign = bare(name);
  if (name === "call") yield [parts[1], parts[0]];
  else if (parts.length === 1 && sign !== "negative") yield [parts[0], sign];
  else if (sign in SIGNS) {
    yield [parts[0], `${SIGNS[sign]} ${said(parts[1])}`];
    yield [sign === "-" ? ["negative", parts[1]] : sign === "/" ? ["/", 1, parts[1]] : parts[1], sign === "/" ? `× ${said(parts[0])}` : said(parts[0])];
  }
  for (const [k, part] of parts.entries()) {
    for (const [shorter, step] of without(part)) yield [tree.with(k + 1, shorter), step];
  }
}

/** The step without which the typed number would be right; null if there is none. */
export function leftOut(computation, line, typed, decimals) {
  for (const [tree, step] of without(line.tree)) {
    const value = computation.value(tree, computation.values);
    if (Number.isFinite(value) && isRight(typed, value, decimals)) return step;
  }
  return null;
}
