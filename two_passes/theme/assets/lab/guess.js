// A guess at a number that the program has not shown yet: what to say of it.

import { readDecimal } from "../lib/typed-number.js";
import { fullAnswer, isRight, judge } from "../lib/judge.js";
import { leftOut } from "../lib/left-out.js";
import { short } from "../lib/numbers.js";
import { fill } from "./words.js";

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
