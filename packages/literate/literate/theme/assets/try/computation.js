// What a card computes: its formulas, with the reader's numbers in place of its own. It knows nothing of the page.

import { Evaluator } from "../lib/arithmetic.js";

const names = tree => typeof tree === "string" ? [tree] : Array.isArray(tree) ? tree.slice(1).flatMap(names) : [];

export class Computation extends Evaluator {
  /** card: what the build writes of it (literate/try_it.py). */
  constructor(card) {
    super(card.functions, card.rounds);
    this.constants = Object.entries(card.constants);
    this.fields = card.inputs.flatMap(input => {
      const numbers = [input.values].flat(Infinity);
      return input.entries.map((symbol, k) => ({ symbol, input, given: numbers[k], value: numbers[k], at: this.place(symbol) }));
    });
    this.lines = card.lines.map(line => ({ ...line, at: this.place(line.symbol), run: this.compile(line.tree) }));
    this.values = [];
    this.run();
  }

  /** Compute every line anew, in float32 where the card's code is MLX's; its plain numbers stay in double precision. */
  run() {
    for (const [name, number] of this.constants) this.values[this.place(name)] = number;
    for (const { at, value, input } of this.fields) this.values[at] = input.host || !this.rounds ? value : Math.fround(value);
    for (const line of this.lines) this.values[line.at] = line.run(this.values);
  }

  get(symbol) { return this.values[this.place(symbol)]; }
  knows(symbol) { return this.places.has(symbol); }

  /** Whether every line is a finite number with these in the fields, which stay as they are. */
  isFinite(values) {
    const before = this.fields.map(field => field.value);
    const run = numbers => { this.fields.forEach((field, k) => { field.value = numbers[k]; }); this.run(); };
    run(values);
    const all = this.lines.every(line => Number.isFinite(this.values[line.at]));
    run(before);
    return all;
  }

  get isOriginal() { return this.fields.every(field => field.value === field.given); }

  /** Whether a line changes with a symbol. */
  depends(line, symbol) {
    return names(line.tree).some(name => {
      const below = this.lines.find(each => each.symbol === name);
      return name === symbol || below && this.depends(below, symbol);
    });
  }
}

/** What the number breaks of its field's range: "unread", "whole", "positive" or "unit"; null if nothing. */
export function broken({ range, whole }, number) {
  if (!Number.isFinite(number)) return "unread";
  if (whole && !Number.isInteger(number)) return "whole";
  if (range === "positive" && !(number > 0)) return "positive";
  return range === "unit" && !(number >= 0 && number <= 1) ? "unit" : null;
}
