// What the names of a formula are: told by the code around it, or by the formula's own tokens.

import { compare, isUpper, length, partition, rpartition, rstrip } from "./strings.js";
import { words } from "./words.js";

const fields = ["functions", "names", "layered", "labels", "arrays", "whole", "axes"];

/** What the names around a formula are, from JSON: sets of names, and pairs of spelling and name. */
export function vocabularyOf(known = {}) {
  const made = { spellings: known.spellings ?? [] };
  for (const field of fields) made[field] = new Set(known[field]);
  return made;
}
export const nothing = vocabularyOf();

const starts = types => [0, ...types.flatMap((kind, i) => kind === "NEWLINE" || kind === "SEP" ? [i + 1] : [])];
const follows = (types, at, wanted) => wanted.every((kind, n) => types[at + n] === kind);

/** The letters that begin a chain as functions of symbols: f of `f(x, a) = …`, `f^*(x) = …`. */
export function defined(tokens) {
  const found = new Set(), types = tokens.map(token => token.type);
  for (const start of starts(types)) {
    if (types[start] !== "LETTER" && types[start] !== "WORD") continue;
    let i = afterScripts(types, start + 1);
    if (types[i] !== "LPAR") continue;
    i++;
    while (["LETTER", "WORD", "BOLD", "COMMA"].includes(types[i])) i = afterScripts(types, i + 1);
    if (follows(types, i, ["RPAR", "REL"])) found.add(tokens[start].value);
  }
  return found;
}

/** The place after the primes and scripts at a place. */
function afterScripts(types, i) {
  while (["PRIME", "SUB", "SUP", "LAYER", "TOP"].includes(types[i])) {
    if (types[i] === "PRIME" || types[i] === "TOP") {
      i++;
      continue;
    }
    let depth = types[i] === "LAYER" ? 1 : 0;
    i++;
    while (i < types.length) {
      depth += (types[i] === "LBRACE" || types[i] === "LAYER") - (types[i] === "RBRACE");
      i++;
      if (!depth) break;
    }
  }
  return i;
}

/** The letters that a formula uses as functions: the f of `f(x)`, `f'(…)`, `\nabla f(…)`. */
export function applied(tokens) {
  const found = new Set(), types = tokens.map(token => token.type);
  types.forEach((kind, i) => {
    if (kind !== "LETTER") return;
    let after = i + 1;
    while (types[after] === "PRIME") after++;
    if (types[after] !== "LPAR") return;
    let end = after + 2;
    if (follows(types, end, ["SUB", "LBRACE"])) {
      const close = types.indexOf("RBRACE", end);
      if (close >= 0) end = close + 1;
    }
    const single = (types[after + 1] === "LETTER" || types[after + 1] === "BOLD") && types[end] === "RPAR";
    if (after > i + 1 || single || types[Math.max(i - 1, 0)] === "NABLA") found.add(tokens[i].value);
  });
  return found;
}

/** The capital letters that are only ever all of a subscript: the B of `\mu_B`, no size. */
export function capitals(tokens) {
  const alone = new Set(), other = new Set();
  tokens.forEach((token, i) => {
    if (token.type !== "LETTER" || length(token.value) !== 1 || !isUpper(token.value)) return;
    const isAlone = tokens[i - 2]?.type === "SUB" && tokens[i - 1]?.type === "LBRACE" && tokens[i + 1]?.type === "RBRACE";
    (isAlone ? alone : other).add(token.value);
  });
  return new Set([...alone].filter(each => !other.has(each)));
}

/** The squares that begin a chain: `\sigma^2 = …` names the variance sigma2. */
export function squares(tokens, names) {
  const found = [], types = tokens.map(token => token.type);
  for (const start of starts(types)) {
    if (types[start] !== "LETTER" || names.has(tokens[start].value)) continue;
    let letter = rstrip(tokens[start].value, "_"), at = start + 1;
    if (follows(types, at, ["SUB", "LBRACE", "LETTER", "RBRACE"]) && isUpper(tokens[at + 2].value)) {
      letter = `${letter}_${tokens[at + 2].value}`;
      at += 4;
    }
    if (follows(types, at, ["SUP", "LBRACE", "NUMBER", "RBRACE", "REL"]) && tokens[at + 2].value === "2") {
      found.push([`${letter}^2`, `${letter}2`]);
    }
  }
  return found;
}

/** Spellings, each once, in order. */
export const ordered = pairs => [...pairs].sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]));

/** Spelling → the name, and whether it was declared so: W_xh and W^xh of a parameter `W_xh`. */
export function spelled(vocabulary) {
  const out = new Map(), { names } = vocabulary, inOrder = [...names].sort(compare);
  for (const [letter, known] of words.ABBREVIATED) {
    if (names.has(letter) || names.has(`${letter}_`)) continue;
    for (const name of known) if (names.has(name)) out.set(letter, [name, true]);
    for (const name of inOrder) { // \eta_{\min} of lr_min
      const [base, script] = partition(name, "_");
      if (known.includes(base) && script && !known.includes(name)) out.set(`${letter}_${script}`, [name, true]);
    }
  }
  for (const name of inOrder) {
    const [first, below] = partition(name, "_");
    if (below && first) for (const key of [name, `${first}^${below}`, `${first}^(${below}`]) out.set(key, [name, false]);
    const [base, script] = rpartition(name, "_");
    if (script === "prev" || script === "next") {
      const shift = script === "prev" ? "-1" : "+1";
      for (const at of ["_", "^", "^("]) for (const step of "tlkni") out.set(`${base}${at}${step}${shift}`, [name, true]);
    }
    for (const square of ["2", "_sq", "_squared"]) {
      const bare = name.endsWith(square) ? name.slice(0, -square.length) : null;
      if (bare !== null && !names.has(bare)) out.set(`${bare}^2`, [name, false]);
    }
  }
  for (const [spelling, name] of vocabulary.spellings) out.set(spelling, [name, true]);
  return out;
}
