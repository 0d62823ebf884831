// Functions that a formula may use by name: of single numbers, of vectors and of matrices.

import { array, broadcast, common, eye, largest, lastAxes, map, minus, number, over, reshape, size, stack, sum, take, times, zip } from "./arrays.js";
import { Value, Wrong, aligned, withAxes } from "./values.js";
import { tables } from "./words.js";

/** Of erf, by a series near 0 and a continued fraction far from it. */
function erf(x) {
  const a = Math.abs(x);
  if (Number.isNaN(x)) return NaN;
  if (a > 6) return Math.sign(x);
  if (a < 2.5) {
    let term = x, total = x;
    for (let n = 1; n < 80; n++) {
      term *= -x * x / n;
      total += term / (2 * n + 1);
    }
    return 2 / Math.sqrt(Math.PI) * total;
  }
  let f = 0;
  for (let k = 60; k > 0; k--) f = k / 2 / (a + f);
  return Math.sign(x) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / (a + f));
}
const softplus = x => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const sigmoid = x => Math.exp(-softplus(-x));

/** The functions of single numbers, by name. */
const elementwise = {
  exp: Math.exp, log: Math.log, tanh: Math.tanh, sin: Math.sin, cos: Math.cos, tan: Math.tan, arcsin: Math.asin, arccos: Math.acos,
  arctan: Math.atan, sinh: Math.sinh, cosh: Math.cosh, sign: Math.sign, floor: Math.floor, ceil: Math.ceil, erf, softplus,
};
const curves = {
  ReLU: x => x > 0 || Number.isNaN(x) ? x : x * 0, sigmoid, sigma: sigmoid, SiLU: x => x * sigmoid(x), Mish: x => x * Math.tanh(softplus(x)),
  GELU: x => x * (1 + erf(x / Math.SQRT2)) / 2, Phi: x => (1 + erf(x / Math.SQRT2)) / 2,
};
const own = (table, name) => Object.hasOwn(table, name) ? table[name] : null;
export const alias = name => own(tables.aliases, name) ?? name;
/** A function of single numbers on arrays; null where there is none. */
export function curve(name) {
  const found = own(elementwise, name) ?? own(curves, alias(name));
  return found && (a => map(a, found));
}

/** What a function gives; null where there is none of this name here. Throws Wrong. */
export function apply(node, values, ev) {
  let name = alias(node.function);
  if (name === "cos" && values.length === 2) name = "sim";
  const make = own(made, name);
  if (!make || node.layer !== null) return null;
  const found = make(node, values, ev);
  if (!found) throw new Wrong("function of", node, { name: node.function, shapes: values.map(each => each.described) });
  return found;
}

const least = (x, y) => Number.isNaN(x) || Number.isNaN(y) ? NaN : Math.min(x, y);
const most = (x, y) => Number.isNaN(x) || Number.isNaN(y) ? NaN : Math.max(x, y);

function extreme(node, values, ev) {
  const isLargest = node.function === "max" || node.function === "maximum";
  if (values.length === 1) {
    const [a] = values;
    if (!a.rank) return a;
    const flat = reshape(a.array, [...a.array.shape.slice(0, ev.depth), -1]), sign = isLargest ? 1 : -1;
    return new Value(map(largest(map(flat, x => sign * x), [-1]), x => sign * x));
  }
  let [out] = values;
  for (const other of values.slice(1)) {
    const found = aligned(out, other);
    if (!found) return null;
    out = found[2].like(zip(found[0], found[1], isLargest ? most : least));
  }
  return out;
}
function clip(node, values) {
  if (values.length !== 3 || values[1].rank || values[2].rank) return null;
  const [a, low, high] = values;
  return a.like(zip(zip(a.array, withAxes(low.array, a.rank), most), withAxes(high.array, a.rank), least));
}
const ofNumbers = (node, values) => values.length === 1 ? values[0].like(curve(node.function)(values[0].array)) : null;

const kept = a => [...a.array.shape.slice(0, -1), 1];
function softmax(node, values) {
  const [a] = values;
  if (values.length !== 1 || !a.rank) return null;
  const power = map(minus(a.array, reshape(largest(a.array, [-1]), kept(a))), Math.exp);
  return a.like(over(power, reshape(sum(power, [-1]), kept(a))));
}
function logSumExp(node, values) {
  const [a] = values;
  if (values.length !== 1 || a.rank !== 1) return null;
  const top = largest(a.array, [-1]), total = sum(map(minus(a.array, withAxes(top, 1)), Math.exp), [-1]);
  return new Value(zip(top, total, (x, y) => x + Math.log(y)));
}
function logSoftmax(node, values) {
  const total = logSumExp(node, values);
  return total && values[0].like(minus(values[0].array, withAxes(total.array, 1)));
}
function mean(node, values) {
  const [a] = values;
  if (values.length !== 1 || !a.rank) return null;
  return new Value(map(sum(a.array, lastAxes(a.rank)), x => x / size(a.shape)));
}
function variance(node, values) {
  const middle = mean(node, values), [a] = values;
  if (!middle) return null;
  const apart = minus(a.array, withAxes(middle.array, a.rank));
  return new Value(map(sum(times(apart, apart), lastAxes(a.rank)), x => x / size(a.shape)));
}
function deviation(node, values) {
  const found = variance(node, values);
  return found && new Value(map(found.array, Math.sqrt));
}
/** Where the largest number of a vector is, from 1. */
function place(node, values) {
  const [a] = values, [n] = a.shape;
  if (values.length !== 1 || a.rank !== 1) return null;
  const sign = node.function === "argmax" ? 1 : -1, lead = a.array.shape.slice(0, -1);
  const found = Array.from({ length: size(lead) }, (_, l) => {
    const part = Array.from(a.array.data.slice(l * n, (l + 1) * n), x => sign * x);
    return part.indexOf(Math.max(...part)) + 1;
  });
  return new Value(array({ shape: lead, data: found }));
}
function inner(node, values) {
  const [a, b] = values;
  if (values.length !== 2 || a.described !== b.described || !a.rank) return null;
  return new Value(sum(times(a.array, b.array), lastAxes(a.rank)));
}
function similarity(node, values) {
  if (values.length !== 2 || values.some(each => each.rank !== 1) || values[0].described !== values[1].described) return null;
  const [a, b] = values, [dot, first, second] = [[a, b], [a, a], [b, b]].map(pair => inner(node, pair).array);
  return new Value(over(dot, map(times(first, second), Math.sqrt)));
}
function outer(node, values) {
  const [a, b] = values;
  if (values.length !== 2 || a.rank !== 1 || b.rank !== 1) return null;
  return new Value(times(withAxes(a.array, 1), reshape(b.array, [...b.array.shape.slice(0, -1), 1, b.shape[0]])), 2);
}
/** Numbers and vectors, one after the other. Throws Wrong. */
export function joined(node, values, ev) {
  if (values.some(each => each.rank > 1)) throw new Wrong("matrices in brackets", node);
  const lead = common(...values.map(each => each.array.shape.slice(0, ev.depth))), parts = [];
  for (const value of values) {
    const all = value.rank ? value.array : withAxes(value.array, 1), length = all.shape.at(-1), whole = broadcast(all, [...lead, length]);
    const flat = reshape(whole, [size(lead), length]);
    for (let k = 0; k < length; k++) {
      const rows = array({ shape: [size(lead)], data: Array.from({ length: size(lead) }, (_, n) => n) });
      parts.push(reshape(take(flat, [rows, number(k)]), lead));
    }
  }
  return new Value(stack(parts), 1);
}
function diagonal(node, values) {
  const [a] = values, n = a.rank ? a.shape.at(-1) : 0;
  if (values.length !== 1) return null;
  if (node.function === "diag" && a.rank === 1) return new Value(times(withAxes(a.array, 1), eye(n)), 2);
  if (a.rank !== 2 || a.shape[0] !== n) return null;
  const isDiagonal = node.function === "diag";
  return new Value(sum(times(a.array, eye(n)), isDiagonal ? [-1] : [-2, -1]), isDiagonal ? 1 : 0);
}
/** By rows, for the small sizes that are drawn. */
function determinant(node, values) {
  const [a] = values, [n, m] = a.shape;
  if (values.length !== 1 || a.rank !== 2 || n !== m) return null;
  const lead = a.array.shape.slice(0, -2), count = size(lead);
  const minor = (from, columns, row) => columns.length === 0 ? 1 : columns.reduce((total, column, at) => {
    const entry = a.array.data[from + row * n + column];
    return total + (-1) ** at * entry * minor(from, columns.filter(each => each !== column), row + 1);
  }, 0);
  return new Value(array({ shape: lead, data: Array.from({ length: count }, (_, l) => minor(l * n * n, [...Array(n).keys()], 0)) }));
}

const made = {
  max: extreme, min: extreme, maximum: extreme, minimum: extreme, clip, softmax, log_softmax: logSoftmax, logsumexp: logSumExp, E: mean,
  Var: variance, Std: deviation, argmax: place, argmin: place, sim: similarity, inner, outer, concat: joined, diag: diagonal, tr: diagonal,
  det: determinant, ...Object.fromEntries(Object.keys(curves).map(name => [name, ofNumbers])),
};
/** What is known here by name. */
export const knownFunctions = { elementwise: Object.keys(elementwise), curves: Object.keys(curves), made: Object.keys(made) };
