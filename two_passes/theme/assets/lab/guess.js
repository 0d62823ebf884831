// A guess at a number that the program has not shown yet: how many decimals to ask for, and which step a wrong one left out.

import { readDecimal } from "../lib/typed-number.js";
import { fullAnswer, judge } from "../lib/judge.js";
import { short } from "../lib/numbers.js";
import { fill } from "./words.js";

const SIGNS = { "+": "+", "-": "−", "*": "×", "/": "÷" };
const FEWEST = 3;
const MOST = 8;

/** Decimals that leave two digits of a small answer; a whole number takes as many as any. */
export function decimalsOf(answer) {
  return answer === 0 ? FEWEST : Math.min(MOST, Math.max(FEWEST, 1 - Math.floor(Math.log10(Math.abs(answer)))));
}

/** The same computation with one step left out, each as { tree, step }: the step in words, such as `+ b1_1`. The whole tree's own steps come first. */
export function omissions(tree, spell) {
  if (!Array.isArray(tree) || tree[0] === "where") return [];
  const [name, ...rest] = tree;
  const sign = SIGNS[name.replace("host:", "")];
  const parts = name === "call" ? [2] : rest.map((_, k) => k + 1); // of the tree, those that are trees
  const own = parts.map(k => ({ tree: tree[k], step: step(k) }));
  if (name === "-") own[1].tree = ["negative", tree[2]]; // the first is left out
  const inner = parts.flatMap(k => omissions(tree[k], spell).map(one => ({ ...one, tree: tree.map((part, n) => n === k ? one.tree : part) })));
  return [...own, ...inner];

  function step(kept) {
    if (name === "call") return spell(rest[0]);
    if (!sign) return name;
    const left = spelled(rest[2 - kept], spell);
    return kept === 1 || sign === "×" ? `${sign} ${sign !== "+" && left.includes(" ") ? `(${left})` : left}` : left;
  }
}

/** A tree as one writes it. */
function spelled(tree, spell) {
  if (!Array.isArray(tree)) return typeof tree === "string" ? spell(tree) : String(tree);
  const [name, ...rest] = tree;
  if (name === "call") return `${spell(rest[0])}(${spelled(rest[1], spell)})`;
  const sign = SIGNS[name.replace("host:", "")];
  const [a, b] = rest.map(part => spelled(part, spell));
  return sign ? `${a} ${sign} ${b}` : name === "negative" ? `−${a}` : `${name}(${rest.map(part => spelled(part, spell)).join(", ")})`;
}

/**
 * What is said to a guess: { right, text }. question: its answer, decimals, tree, value(tree), spell(name); words: those of
 * the lab.
 */
export function reply(typed, { answer, decimals, tree, value, spell }, words) {
  const number = readDecimal(typed);
  const state = judge(number, answer, decimals);
  const said = words.judged[state].replace("{value}", fullAnswer(answer, decimals)).replace("{n}", decimals);
  if (state !== "not_yet") return { right: state === "right", text: said };
  const left = omissions(tree, spell).find(one => judge(number, value(one.tree), decimals) === "right");
  return { right: false, text: left ? fill(words.left_out, { step: left.step, value: short(value(left.tree), 6) }) : said };
}
