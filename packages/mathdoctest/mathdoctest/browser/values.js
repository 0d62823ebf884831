// The value of a part of a formula, and how two values meet.

import { reshape } from "./arrays.js";

/** The formula means nothing here: shapes that do not fit, an unknown name. node: where. */
export class Wrong extends Error {
  constructor(code, node, parts = {}) {
    super(code);
    this.code = code;
    this.node = node;
    this.parts = parts;
  }
}
/** A name that stands for nothing here. */
export class Unknown extends Wrong {}
/** An index that leaves its axis. */
export class OffAxis extends Wrong {}

/** An array whose last `rank` axes are the value. row: a vector that is a row. */
export class Value {
  constructor(array, rank = 0, row = false) {
    this.array = array;
    this.rank = rank;
    this.row = row;
  }
  get shape() {
    return this.array.shape.slice(this.array.rank - this.rank);
  }
  get described() {
    return this.shape.join("×");
  }
  like(array) {
    return new Value(array, this.rank, this.row);
  }
  fits(other) {
    return this.described === other.described && this.rank === other.rank && this.row === other.row;
  }
}

/** A scalar with axes for a value of this rank. */
export const withAxes = (array, rank) => rank ? reshape(array, [...array.shape, ...Array(rank).fill(1)]) : array;

/** Two values as arrays that fit, and the one whose shape the result has; null where no reading is the only one. */
export function aligned(a, b) {
  if (!a.rank && !b.rank && a.row === b.row || a.fits(b)) return [a.array, b.array, a];
  if (!a.rank || !b.rank) return a.rank ? [a.array, withAxes(b.array, a.rank), a] : [withAxes(a.array, b.rank), b.array, b];
  if (a.rank + b.rank !== 3) return null;
  const [matrix, vector] = a.rank === 2 ? [a, b] : [b, a], [rows, columns] = matrix.shape, [size] = vector.shape;
  const lead = vector.array.shape.slice(0, -1);
  let spread = null;
  if (size === columns && (size !== rows || vector.row)) spread = [1, size];
  else if (size === rows && size !== columns && !vector.row) spread = [size, 1];
  if (!spread) return null;
  const other = reshape(vector.array, [...lead, ...spread]);
  return a.rank === 2 ? [a.array, other, matrix] : [other, b.array, matrix];
}
