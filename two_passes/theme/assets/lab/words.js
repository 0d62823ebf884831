// A run in words: for the status line, the warnings and screen readers.

import { stem } from "../lib/symbol-names.js";
import { short, written } from "../lib/numbers.js";

const SIGNS = { "+": "+", "-": "−", "*": "×", "/": "÷" };

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

/** What a number is that the reader can change: `w1_12` is the weight from input 2 to hidden neuron 1. */
export function nameOf(symbol, words) {
  const [i, j] = symbol.split("_")[1] ?? "";
  return fill(words.names[stem(symbol)] ?? "", { i, j });
}

/** The line that was executed last, and what it computed. */
export function lineInWords(run, words, index) {
  const line = run.line;
  if (!line) return words.nothing;
  const stage = words[line.stage];
  const of = line.stage === "update" ? run.optimizer.lines : run.program.lines.filter(l => l.stage === line.stage);
  const k = of.indexOf(line) + 1;
  const shown = line.stage === "update" ? updated(run, line, index) : line.entries.map(e => [e.symbol, run.get(e.symbol)]);
  return fill(words.said, { stage, k, n: of.length, values: shown.map(([s, v]) => `${s} = ${written(v)}`).join(words.comma) });
}

function updated(run, line, index) {
  run.update(index, run.state, run.optimizer.lines.indexOf(line) + 1);
  const parameter = run.program.data.parameters[index];
  if (line.symbol === "w_t") return [[parameter, run.get("w_t")]];
  return [[`${line.symbol.replace(/_t$/, "")}(${parameter})`, run.get(line.symbol)]];
}

/** What is wrong with the numbers on the screen, and why; empty if nothing is. */
export function warning(run, words) {
  const found = run.trouble();
  if (found) return fill(words.trouble, { symbol: found.symbol, value: written(found.value), why: why(found, words) });
  const dead = run.dead();
  if (!dead.length) return "";
  const still = run.setup.optimizer === "SGD" ? ["dead_stays", "dead_stay"] : ["dead_drifts", "dead_drift"]; // the kept values of an optimizer can still move a weight
  return dead.length === 2 ? words.dead_both + words[still[1]] : fill(words.dead_one, { n: dead[0] }) + words[still[0]];
}

function why({ operation, operands, result }, words) {
  if (operation === "given") return Number.isNaN(result) ? words.why_no_number : words.why_infinite;
  const [a, b] = operands.map(v => short(v, 6, 12));
  const expression = operation in SIGNS ? `${a} ${SIGNS[operation]} ${guarded(b)}` : `${operation}(${[a, b].filter(Boolean).join(", ")})`;
  const zero = operation === "/" && operands[1] === 0 && operands[0] !== 0 || operation === "log" && operands[0] === 0;
  const kind = Number.isNaN(result) ? "why_nan" : zero ? "why_zero" : operands.every(Number.isFinite) ? "why_big" : "why_from";
  return fill(words[kind], { expression, value: written(result) });
}

const guarded = text => text?.startsWith("−") ? `(${text})` : text;
