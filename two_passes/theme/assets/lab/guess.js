// A guess at a number that the program has not shown yet: how many decimals to ask for, and what to say of it.

import { readDecimal } from "../lib/typed-number.js";
import { fullAnswer, isRight, judge } from "../lib/judge.js";
import { leftOut } from "../lib/left-out.js";
import { short } from "../lib/numbers.js";
import { fill } from "./words.js";

const FEWEST = 3;
const MOST = 8;

/** Decimals that leave two digits of a small answer; a whole number takes as many as any. */
export function decimalsOf(answer) {
  return answer === 0 ? FEWEST : Math.min(MOST, Math.max(FEWEST, 1 - Math.floor(Math.log10(Math.abs(answer)))));
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
  const left = leftOut(tree, value, result => isRight(number.value, result, decimals), spell);
  return { right: false, text: left ? fill(words.left_out, { step: left.step, value: short(left.value, 6) }) : said };
}
