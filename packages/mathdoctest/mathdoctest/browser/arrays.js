// Arrays of numbers in float64, as far as formulas need them: an array is its shape and its numbers, the last axis fastest.

export class Arr {
  constructor(shape, data) {
    this.shape = shape;
    this.data = data;
  }
  get rank() {
    return this.shape.length;
  }
}
const MOST = 2 ** 24; // numbers of one array: more would take the page's memory

/** Shapes that do not fit. */
export class Misfit extends Error {}
/** An array of too many numbers. */
export class TooLarge extends Error {}

/** Place for so many numbers. Throws TooLarge. */
function room(count) {
  if (count > MOST) throw new TooLarge();
  return new Float64Array(count);
}
export const size = shape => shape.reduce((a, b) => a * b, 1);
export const number = value => new Arr([], Float64Array.of(value));
export const filled = (shape, value) => new Arr(shape, room(size(shape)).fill(value));
/** A number, nested arrays of numbers, or `{shape, data}`, as an array. */
export function array(value) {
  if (value instanceof Arr) return value;
  if (value?.shape) return new Arr(value.shape, Float64Array.from(value.data, each => each === "inf" ? Infinity : each === "-inf" ? -Infinity : each ?? NaN));
  const shape = [];
  for (let part = value; Array.isArray(part); [part] = part) shape.push(part.length);
  return new Arr(shape, Float64Array.from([value].flat(Infinity)));
}
export const arange = (first, end) => Array.from({ length: Math.max(end - first, 0) }, (_, n) => first + n);
export function eye(n) {
  const out = filled([n, n], 0);
  for (let k = 0; k < n; k++) out.data[k * n + k] = 1;
  return out;
}
export const isSame = (a, b) => a.length === b.length && a.every((each, n) => each === b[n]);

/** The shape of arrays that are spread over one another; null where they do not fit. */
export function together(...shapes) {
  const out = Array(Math.max(0, ...shapes.map(shape => shape.length))).fill(1);
  for (const shape of shapes) {
    for (let k = 1; k <= shape.length; k++) {
      const at = out.length - k, each = shape[shape.length - k];
      if (each === 1 || each === out[at]) continue;
      if (out[at] !== 1) return null;
      out[at] = each;
    }
  }
  return out;
}

/** The same. Throws Misfit where they do not fit. */
export function common(...shapes) {
  const found = together(...shapes);
  if (!found) throw new Misfit();
  return found;
}

/** For each place of a shape, the place in an array that is spread over it. */
function places(from, shape) {
  const count = size(shape), out = new Int32Array(count);
  let step = 1, run = 1;
  for (let k = 1; k <= shape.length; k++) {
    const length = shape[shape.length - k], own = from[from.length - k] ?? 1;
    if (own !== 1) for (let n = 0; n < count; n++) out[n] += Math.floor(n / run) % length * step;
    run *= length;
    step *= own;
  }
  return out;
}
export function broadcast(a, shape) {
  if (isSame(a.shape, shape)) return a;
  const out = room(size(shape)), at = places(a.shape, shape);
  for (let n = 0; n < out.length; n++) out[n] = a.data[at[n]];
  return new Arr(shape, out);
}
export const map = (a, how) => new Arr(a.shape, a.data.map(each => how(each)));
/** Two arrays entry by entry. */
export function zip(a, b, how) {
  const shape = common(a.shape, b.shape);
  const [x, y] = [broadcast(a, shape).data, broadcast(b, shape).data], out = room(x.length);
  for (let n = 0; n < out.length; n++) out[n] = how(x[n], y[n]);
  return new Arr(shape, out);
}
export const add = (a, b) => zip(a, b, (x, y) => x + y);
export const minus = (a, b) => zip(a, b, (x, y) => x - y);
export const times = (a, b) => zip(a, b, (x, y) => x * y);
export const over = (a, b) => zip(a, b, (x, y) => x / y);
export const scaled = (a, factor) => map(a, each => each * factor);
export const power = (a, b) => zip(a, b, (x, y) => x ** y);
export const where = (condition, a, b) => {
  const shape = common(condition.shape, a.shape, b.shape), [c, x, y] = [condition, a, b].map(each => broadcast(each, shape).data);
  return new Arr(shape, c.map((each, n) => each ? x[n] : y[n]));
};
export function reshape(a, shape) {
  const rest = shape.indexOf(-1);
  if (rest >= 0) shape = shape.map((each, n) => n === rest ? a.data.length / size(shape.filter(other => other !== -1)) : each);
  return new Arr(shape, a.data);
}

/** An axis put together: how of what there is so far and the next, from a start. */
export function folded(a, axis, how, start) {
  if (axis < 0) axis += a.rank;
  const before = size(a.shape.slice(0, axis)), length = a.shape[axis], after = size(a.shape.slice(axis + 1));
  const out = room(before * after).fill(start);
  for (let i = 0; i < before; i++) {
    for (let k = 0; k < length; k++) {
      for (let j = 0; j < after; j++) out[i * after + j] = how(out[i * after + j], a.data[(i * length + k) * after + j]);
    }
  }
  return new Arr(a.shape.filter((_, n) => n !== axis), out);
}
const ordered = (a, axes) => axes.map(axis => axis < 0 ? axis + a.rank : axis).sort((x, y) => y - x);
export const sum = (a, axes) => ordered(a, axes).reduce((out, axis) => folded(out, axis, (x, y) => x + y, 0), a);
export const product = (a, axes) => ordered(a, axes).reduce((out, axis) => folded(out, axis, (x, y) => x * y, 1), a);
const larger = (x, y) => Number.isNaN(x) || Number.isNaN(y) ? NaN : Math.max(x, y);
export const largest = (a, axes) => ordered(a, axes).reduce((out, axis) => folded(out, axis, larger, -Infinity), a);
export const lastAxes = rank => arange(-rank, 0);

export function swap(a) {
  const rows = a.shape.at(-2), columns = a.shape.at(-1), out = room(a.data.length);
  for (let n = 0; n < out.length; n++) {
    const at = n % (rows * columns), i = Math.floor(at / columns), j = at % columns;
    out[n - at + j * rows + i] = a.data[n];
  }
  return new Arr([...a.shape.slice(0, -2), columns, rows], out);
}
export function matmul(a, b) {
  const lead = common(a.shape.slice(0, -2), b.shape.slice(0, -2)), [n, k] = a.shape.slice(-2), m = b.shape.at(-1);
  const x = broadcast(a, [...lead, n, k]).data, y = broadcast(b, [...lead, k, m]).data, out = room(size(lead) * n * m);
  for (let l = 0; l < size(lead); l++) {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < m; j++) {
        let total = 0;
        for (let r = 0; r < k; r++) total += x[(l * n + i) * k + r] * y[(l * k + r) * m + j];
        out[(l * n + i) * m + j] = total;
      }
    }
  }
  return new Arr([...lead, n, m], out);
}
/** The inverse of each matrix of the last two axes. */
export function inverse(a) {
  const n = a.shape.at(-1), count = a.data.length / (n * n), out = room(a.data.length);
  for (let l = 0; l < count; l++) {
    const left = arange(0, n).map(i => [...a.data.slice((l * n + i) * n, (l * n + i + 1) * n), ...arange(0, n).map(j => i === j ? 1 : 0)]);
    for (let c = 0; c < n; c++) {
      const best = arange(c, n).reduce((x, y) => Math.abs(left[y][c]) > Math.abs(left[x][c]) ? y : x);
      [left[c], left[best]] = [left[best], left[c]];
      left[c] = left[c].map(each => each / left[c][c]);
      for (let r = 0; r < n; r++) if (r !== c && left[r][c]) left[r] = left[r].map((each, k) => each - left[r][c] * left[c][k]);
    }
    left.forEach((row, i) => out.set(row.slice(n), (l * n + i) * n));
  }
  return new Arr(a.shape, out);
}
/** Arrays of one shape along a new last axis. */
export function stack(parts) {
  const { shape } = parts[0], out = room(parts.length * parts[0].data.length);
  parts.forEach((part, k) => part.data.forEach((each, n) => { out[n * parts.length + k] = each; }));
  return new Arr([...shape, parts.length], out);
}
/** The entries at places along the first axes, as NumPy's `a[index]`. */
export function take(a, index) {
  const lead = common(...index.map(each => each.shape)), kept = a.shape.slice(index.length), inner = size(kept);
  const at = index.map(each => broadcast(each, lead).data), out = room(size(lead) * inner);
  for (let n = 0; n < size(lead); n++) {
    let place = 0;
    index.forEach((_, k) => { place = place * a.shape[k] + at[k][n]; });
    for (let j = 0; j < inner; j++) out[n * inner + j] = a.data[place * inner + j];
  }
  return new Arr([...lead, ...kept], out);
}
export const every = a => a.data.every(each => each);
export const any = a => a.data.some(each => each);
