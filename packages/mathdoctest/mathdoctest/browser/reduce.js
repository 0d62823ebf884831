// Sums, products, extremes and means over letters: `\sum_{i=1}^{n}`, `\sum_{j \ne i}`.

import { arange, array, broadcast, common, eye, filled, isSame, largest, lastAxes, map, matmul, number, product, reshape, size, sum, take, where, zip } from "./arrays.js";
import { isA, isLetter, isNumber, walk } from "./syntax.js";
import { OffAxis, Unknown, Value, Wrong, withAxes } from "./values.js";

const neutral = { sum: 0, mean: 0, prod: 1, max: -Infinity, min: Infinity };
const ones = (depth, sizes = []) => filled([...Array(depth).fill(1), ...sizes], 1);
const hasLetter = (part, letter) => [...walk(part)].some(each => isLetter(each, letter));

/** The value of a sum and the like. Throws Wrong. */
export function reduced(node, ev) {
  if (node.low !== null && runsOverLayers(node)) return layerByLayer(node, ev);
  const inner = ev.within();
  const count = examples(node, ev);
  let inside;
  if (count) {
    inner.bind(node.letters[0], arange(1, count + 1));
    inner.example = [node.letters[0], count];
    inside = ones(ev.depth, [count]);
  } else {
    inside = bound(node, ev, inner);
  }
  if (inner.depth === ev.depth) return overEntries(node, ev);
  const axes = arange(ev.depth, inner.depth);
  if (["max", "min", "mean", "argmax", "argmin"].includes(node.how)) {
    if (!largest(inside, axes).data.every(each => each)) throw new Wrong("empty range", node, { letters: node.letters });
  }
  inner.mask = zip(inside, reshape(ev.mask, [...ev.mask.shape, ...axes.map(() => 1)]), (a, b) => a && b);
  return overAxes(node, ev, inner, body(node, inner), inside);
}

/** The values of the body. A letter from 0 on that is only an index may count entries from 0. */
function body(node, inner) {
  try {
    return inner.value(node.body);
  } catch (error) {
    if (!(error instanceof OffAxis)) throw error;
    const letter = node.letters.at(-1), every = [...walk(node.body)].filter(each => isLetter(each, letter));
    const symbols = [...walk(node.body)].filter(each => isA(each, "Symbol"));
    const places = symbols.flatMap(each => each.indices).flatMap(index => [...walk(index)]).filter(each => isLetter(each, letter));
    if (letter === undefined || !isNumber(node.low, 0) || every.length !== places.length) throw error;
    const [axis, values] = inner.letters.get(letter);
    inner.letters.set(letter, [axis, values.map(each => each + 1)]);
    return inner.value(node.body);
  }
}

/** How many examples `\sum_x` is over, if nothing in it says which; 0 where the letter is an index, or has a value. */
function examples(node, ev) {
  if (node.letters.length !== 1 || node.low !== null || node.conditions.length || ev.example) return 0;
  const every = [...walk(node.body)], [letter] = node.letters;
  const indices = every.filter(each => isA(each, "Symbol", "Index")).flatMap(each => each.indices);
  if (ev.isBound(letter) || indices.flatMap(part => [...walk(part)]).some(each => ev.isLabel(each))) return 0;
  const sizes = new Set();
  for (const symbol of every.filter(each => isA(each, "Symbol") && !each.indices.length && each.layer === null && ev.names.has(each.name))) {
    const [first] = ev.names.data(symbol, ev)[0].value.shape;
    if (first !== undefined) sizes.add(first);
  }
  return sizes.size === 1 ? [...sizes][0] : 0;
}

function runsOverLayers(node) {
  const letter = node.letters.at(-1);
  return letter !== undefined && [...walk(node.body)].some(each => isA(each, "Symbol", "Call") && each.layer && hasLetter(each.layer, letter));
}

/** Bind the letters of a reduction; where all of them are within bounds and conditions. */
function bound(node, ev, inner) {
  const bounded = node.low !== null ? node.letters.slice(-1) : [];
  const free = lettersOf(node, ev).filter(letter => !bounded.includes(letter));
  for (const letter of [...free, ...bounded]) if (ev.isBound(letter)) throw new Wrong("bound twice", node, { letter });
  let inside = ones(ev.depth);
  if (bounded.length) inside = withinBounds(node, ev, inner, bounded[0]);
  else if (node.low !== null) throw new Wrong("no letter", node);
  for (const letter of free) {
    inner.bind(letter, axis(letter, node, inner));
    inside = withAxes(inside, 1);
  }
  for (const condition of node.conditions) {
    inner.mask = inside;
    inside = zip(inside, inner.holds(condition), (a, b) => a && b);
  }
  const sizes = [...inner.letters.values()].filter(([at]) => at >= ev.depth).map(([, values]) => values.length);
  return broadcast(inside, common(inside.shape, [...Array(ev.depth).fill(1), ...sizes]));
}

function withinBounds(node, ev, inner, letter) {
  const first = ev.index(node.low), least = Math.min(...first.data);
  const last = node.high === null ? map(first, each => each + axisOf(letter, node.body, ev).length - 1) : ev.index(node.high);
  inner.bind(letter, arange(least, Math.max(...last.data, least) + 1));
  const values = inner.letter(letter), from = zip(values, withAxes(first, 1), (a, b) => a >= b ? 1 : 0);
  return zip(from, zip(values, withAxes(last, 1), (a, b) => a <= b ? 1 : 0), (a, b) => a && b);
}

/** The letters that run; where only conditions are given, those in them without a value. */
function lettersOf(node, ev) {
  if (node.letters.length || !node.conditions.length) return node.letters;
  const names = node.conditions.flatMap(each => [...walk(each)]).filter(each => isLetter(each)).map(each => each.name);
  return [...new Set(names)].filter(name => !ev.isBound(name) && !ev.names.has(name) && !(name in ev.names.sizes));
}

/** What a letter without bounds runs over: the set it is in, or the axis that it indexes. */
function axis(letter, node, ev) {
  for (const { sides: [left, right], relations } of node.conditions) {
    if (relations.join() === "in" && isA(left, "Symbol") && left.name === letter && isA(right, "Listing") && right.bracket === "{" && isA(right.items[0], "Interval")) {
      return arange(ev.whole(right.items[0].first), ev.whole(right.items[0].last) + 1);
    }
  }
  return axisOf(letter, node.body, ev);
}

/** The values of a letter that indexes an axis of a symbol in an expression. Throws Wrong. */
export function axisOf(letter, part, ev) {
  const placeIn = indices => indices.findIndex(each => isLetter(each, letter));
  for (const node of walk(part)) {
    if (isA(node, "Index") && placeIn(node.indices) >= 0) return arange(1, ev.value(node.operand).shape[placeIn(node.indices)] + 1);
    if (isA(node, "Derivative") && ev.names.given(node)) {
      const [data, indices] = ev.names.derivative(node, ev), place = placeIn(indices);
      if (place >= 0 && place < data.value.rank) return arange(0, data.value.shape[place]).map(each => each + data.origin);
    }
    if (isA(node, "Symbol") && placeIn(node.indices) >= 0) {
      let found;
      try {
        found = ev.names.data({ ...node, indices: [] }, ev);
      } catch (error) {
        if (error instanceof Unknown) continue; // told where it is evaluated
        throw error;
      }
      const [data, left] = found, place = placeIn(node.indices) - left.length;
      if (place >= 0 && place < data.value.rank) return arange(0, data.value.shape[place]).map(each => each + (place ? 1 : data.origin));
    }
  }
  throw new Unknown("no bounds", part, { letter });
}

/** The values of the body, put together along the axes of the letters. */
function overAxes(node, ev, inner, found, inside) {
  const { how } = node, lead = common(found.array.shape.slice(0, inner.depth), inside.shape);
  const all = broadcast(found.array, [...lead, ...found.shape]), axes = arange(ev.depth, inner.depth);
  if (how === "argmax" || how === "argmin") return whereExtreme(node, inner, all, inside);
  if (how === "prod" && found.rank === 2) return matrixProduct(node, ev, all, inside, found);
  if (!(how in neutral)) throw new Wrong("not computed", node);
  const spread = where(withAxes(inside, found.rank), all, number(neutral[how]));
  if (how === "prod") return found.like(product(spread, axes));
  if (how === "max") return found.like(largest(spread, axes));
  if (how === "min") return found.like(map(largest(map(spread, each => -each), axes), each => -each));
  const total = sum(spread, axes);
  return found.like(how === "mean" ? zip(total, withAxes(sum(inside, axes), found.rank), (a, b) => a / b) : total);
}

/** The value of the letter at the largest or smallest value of the body. */
function whereExtreme(node, inner, all, inside) {
  if (node.letters.length !== 1 || all.rank !== inner.depth) throw new Wrong("extreme", node);
  const sign = node.how === "argmax" ? 1 : -1, [, values] = inner.letters.get(node.letters[0]), n = all.shape.at(-1);
  const plain = where(inside, map(all, each => sign * each), number(-Infinity)), lead = plain.shape.slice(0, -1);
  const places = arange(0, size(lead)).map(l => {
    const row = Array.from(plain.data.slice(l * n, (l + 1) * n));
    return values[row.indexOf(Math.max(...row))];
  });
  return new Value(array({ shape: lead, data: places }));
}

/** Matrices multiplied in the order of the letter. */
function matrixProduct(node, ev, all, inside, found) {
  const [rows, columns] = found.shape;
  if (rows !== columns || all.rank !== ev.depth + 3) throw new Wrong("product of matrices", node);
  const lead = all.shape.slice(0, ev.depth), one = eye(rows), grid = arange(0, size(lead));
  let total = reshape(one, [...Array(ev.depth).fill(1), rows, rows]);
  const flat = reshape(all, [size(lead), -1, rows, rows]), kept = reshape(broadcast(inside, all.shape.slice(0, -2)), [size(lead), -1]);
  for (let k = 0; k < all.shape[ev.depth]; k++) {
    const at = [array({ shape: [size(lead)], data: grid }), number(k)];
    const factor = where(withAxes(take(kept, at), 2), take(flat, at), one);
    total = matmul(total, reshape(factor, [...lead, rows, rows]));
  }
  return new Value(total, 2);
}

/** `\sum x`: over all entries of an array. */
function overEntries(node, ev) {
  const found = ev.value(node.body), axes = lastAxes(found.rank);
  if (!found.rank || node.low !== null || !["sum", "mean", "max"].includes(node.how)) throw new Wrong("no letter", node);
  if (node.how === "max") return new Value(largest(found.array, axes));
  const total = sum(found.array, axes);
  return new Value(node.how === "mean" ? map(total, each => each / size(found.shape)) : total);
}

const combining = { sum: (a, b) => a + b, mean: (a, b) => a + b, prod: (a, b) => a * b, max: Math.max, min: Math.min };

/** Over elements of lists, whose shapes differ. */
function layerByLayer(node, ev) {
  if (node.high === null || node.conditions.length) throw new Wrong("layers", node);
  const first = Math.min(...ev.index(node.low).data), last = Math.max(...ev.index(node.high).data);
  const found = arange(first, last + 1).map(layer => {
    const inner = ev.within();
    inner.constants = new Map(ev.constants).set(node.letters.at(-1), layer);
    return inner.value(node.body);
  });
  if (!found.length) throw new Wrong("empty range", node, { letters: node.letters });
  if (!found.every(each => isSame(each.shape, found[0].shape))) throw new Wrong("shapes", node, { what: "a sum", first: found[0].described, second: found.at(-1).described });
  const total = found.map(each => each.array).reduce((a, b) => zip(a, b, combining[node.how] ?? combining.sum));
  return found[0].like(node.how === "mean" ? map(total, each => each / found.length) : total);
}
