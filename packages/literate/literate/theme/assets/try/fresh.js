// Fresh numbers for a card, as an exercise has them: one or two digits, of the size of the card's own. A set is the same for everybody.

import { exact } from "../lib/numbers.js";

const TRIES = 50; // until they are not the card's own and every line is a finite number

/** Set `n` of a card: a number for each of its fields. Settings stay if there are arrays, and so do arrays of zeros. */
export function fresh(name, n, computation) {
  const { fields } = computation;
  const random = generator(`${name} ${n}`);
  const changes = fields.every(field => field.input.host) ? fields : fields.filter(field => !field.input.host);
  for (let k = 0; k < TRIES; k++) {
    const values = fields.map(field => changes.includes(field) ? like(field, random) : field.given);
    if (fields.some((field, i) => field.given !== values[i]) && computation.isFinite(values)) return values;
  }
  return fields.map(field => field.given);
}

/** A number of its field's range, up to twice as large as the card's own; negative only where the card has such. */
function like({ input, given }, random) {
  const below = n => Math.floor(random() * n);
  const own = [input.values].flat(Infinity);
  const largest = Math.max(...own.map(Math.abs));
  if (input.range === "unit") return own.every(Number.isInteger) ? below(2) : (1 + below(19)) / 20; // labels stay labels
  if (!largest) return given;
  const size = Math.abs(given) || largest;
  const [digits, exponent] = Number(exact(size)).toExponential().split("e");
  const unit = 10 ** (exponent - (digits.length > 1 ? 1 : 0)); // of its last digit, of the second if it has more
  const value = Number(((1 + below(Math.min(99, Math.max(9, Math.round(2 * size / unit))))) * unit).toPrecision(3));
  return own.some(number => number < 0) && below(2) ? -value : value;
}

/** Numbers from 0 to 1 that follow from a text: a linear congruential generator. */
function generator(text) {
  let state = 0;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  for (const letter of text) { state = (state + letter.codePointAt(0)) >>> 0; next(); }
  return next;
}
