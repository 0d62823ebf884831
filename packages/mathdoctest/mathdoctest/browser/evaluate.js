// The value of a formula's tree, with every index letter an axis of its own: see evaluate.py.

import { Misfit, TooLarge, any, arange, array, broadcast, common, eye, filled, inverse, isSame, largest, lastAxes, map, matmul, number, over, power, reshape, scaled, stack, sum, swap, take, times, zip } from "./arrays.js";
import { chosen, indicated, truth } from "./conditions.js";
import { alias, apply, joined } from "./library.js";
import { reduced } from "./reduce.js";
import { digits } from "./resolve.js";
import { isA, isLetter, isNumber, make, walk } from "./syntax.js";
import { OffAxis, Value, Wrong, aligned, withAxes } from "./values.js";

/** The letter that runs over the rows of a batch. */
export const batch = "⁎";

/** Evaluates nodes. letters: letter → its axis and its values; constants: letters bound to one number. */
export class Evaluator {
  constructor(names, more = {}) {
    Object.assign(this, { letters: new Map(), constants: new Map(), depth: 0, mask: number(1), arguments: new Map(), example: null, left: [], labels: new Set() }, more);
    this.names = names;
  }
  /** The same, of which letters and arguments may be changed. */
  within(more = {}) {
    return new Evaluator(this.names, { ...this, letters: new Map(this.letters), arguments: new Map(this.arguments), ...more });
  }
  /** The value of a node. Throws Wrong. */
  value(node) {
    const visit = this[`visit_${node.kind}`];
    if (!visit) throw new Wrong("not computed", node);
    try {
      return visit.call(this, node);
    } catch (error) {
      if (error instanceof Misfit) throw new Wrong("shapes", node);
      throw error instanceof TooLarge ? new Wrong("too large", node) : error;
    }
  }
  scalar(node) {
    const found = this.value(node);
    if (found.rank && isLetter(node) && node.name in this.names.sizes) return this.constant(number(this.names.sizes[node.name])).array;
    if (found.rank) throw new Wrong("no scalar", node, { shape: found.described });
    return found.array;
  }

  // ---- letters and indices

  /** Give a letter its range and the next leading axis. */
  bind(letter, values) {
    this.letters.set(letter, [this.depth, values]);
    this.depth++;
  }
  /** A letter's values along its axis, or the one number that it is bound to. */
  letter(letter) {
    if (this.constants.has(letter)) return this.wholeNumber(this.constants.get(letter));
    const [axis, values] = this.letters.get(letter);
    return reshape(array(values), arange(0, this.depth).map(k => k === axis ? values.length : 1));
  }
  isBound(letter) {
    return this.letters.has(letter) || this.constants.has(letter);
  }
  /** An index as an array of whole numbers over the leading axes. */
  index(node) {
    if (isA(node, "Sum")) return node.terms.map(term => scaled(this.index(term.node), term.sign)).reduce((a, b) => zip(a, b, (x, y) => x + y));
    if (isA(node, "Product")) return times(this.index(node.left), this.index(node.right));
    if (isA(node, "Number") && node.value % 1 === 0) return this.wholeNumber(node.value);
    if (isA(node, "Call") && ["floor", "ceil", "min", "max"].includes(node.function) || isA(node, "Quotient", "Reduce")) return rounded(this.scalar(node), node);
    if (!isA(node, "Symbol") || this.arguments.has(node.name)) throw new Wrong("index", node);
    if (this.isBound(node.name) && !node.indices.length) return this.letter(node.name);
    const size = this.size(node);
    if (size !== null) return this.wholeNumber(size);
    const [data, indices] = this.names.data(node, this);
    if (any(map(data.value, each => each % 1)) || !data.whole && data.value.rank) throw new Wrong("index", node);
    return this.gather(data, indices, node).array;
  }
  /** The size that a symbol is: of the axis n, or of the axis `s_2` or `s2`. */
  size(node) {
    const { sizes } = this.names;
    if (!node.indices.length) return node.layer === null ? sizes[node.name] ?? null : null;
    const found = digits(node.indices);
    if (node.layer !== null || !found) return null;
    return sizes[node.name + found] ?? sizes[`${node.name}_${found}`] ?? null;
  }
  wholeNumber(value) {
    return filled(Array(this.depth).fill(1), value);
  }
  /** An index that is one number: a layer, a size. */
  whole(node) {
    const { data } = this.index(node);
    if (!data.length || data.some(each => each !== data[0])) throw new Wrong("varies", node);
    return data[0];
  }
  /** Places on an axis; where a letter is out of its bounds, any place. Throws OffAxis. */
  onAxis(at, size, node) {
    if (at.data.length && at.data.every(each => each >= 0 && each < size)) return at;
    if (any(zip(at, this.mask, (each, inside) => inside && (each < 0 || each >= size) ? 1 : 0))) throw new OffAxis("off axis", node, { size });
    return map(at, each => Math.min(Math.max(each, 0), size - 1));
  }
  /** The data at these indices, for every value of their letters. */
  gather(data, indices, node) {
    let { value } = data;
    if (indices.length && data.entry) throw new Wrong("index entry by entry", node);
    if (isA(indices[0], "Dots")) { // `h_{:,j}`
      if (value.rank !== 2 || indices.length !== 2) throw new Wrong("whole axis", node);
      [value, indices] = [swap(value), indices.slice(1)];
    }
    if (data.entry) return new Value(reshape(value, [-1, ...Array(this.depth - 1).fill(1)]));
    if (indices.length > value.rank) indices = multiplied(indices, value.rank);
    if (indices.length > value.rank) indices = this.counting(indices);
    if (indices.length > value.rank) throw new Wrong("indices", node, { indices: indices.length, axes: value.rank });
    const kept = value.shape.slice(indices.length);
    let lead = Array(this.depth).fill(1);
    if (indices.length) {
      const where = indices.map((part, place) => {
        const from = place ? 1 : data.origin;
        return this.onAxis(map(this.index(part), each => each - from), value.shape[place], part);
      });
      value = take(value, where);
      lead = value.shape.slice(0, this.depth);
    }
    return new Value(reshape(value, [...lead, ...kept]), kept.length);
  }
  /** The indices without letters that nothing counts: they only say which one it is. */
  counting(indices, called = false) {
    const labels = indices.filter(each => this.isLabel(each));
    for (const letter of labels) this.labelled(letter, called);
    return indices.filter(each => !labels.includes(each));
  }
  /** Note a letter that only says which one it is: one, which the left side has if any. */
  labelled(letter, called = false) {
    this.labels.add(letter.name);
    const other = !called && !this.left.includes(letter.name) ? this.left : [], every = new Set([...this.labels, ...other]);
    if (every.size > 1) throw new Wrong("what runs", letter, { letters: [...every].sort() });
  }
  /** Whether an index is a letter that nothing counts. */
  isLabel(index) {
    if (!isA(index, "Symbol") || index.indices.length || this.isBound(index.name)) return false;
    return !(index.name in this.names.sizes) && !this.names.has(index.name);
  }

  // ---- numbers and names

  /** The same number, vector or matrix for every value of the letters. */
  constant(value) {
    return new Value(reshape(value, [...Array(this.depth).fill(1), ...value.shape]), value.rank);
  }
  visit_Number(node) {
    return this.constant(number(node.value));
  }
  visit_Symbol(node) {
    const { name, indices } = node, { names } = this;
    if (node.layer === null && this.arguments.has(name)) {
      const found = this.arguments.get(name);
      return indices.length ? this.entry(found, indices, node) : this.spread(found);
    }
    if (node.layer === null && !indices.length) {
      if (this.isBound(name)) return new Value(this.letter(name));
      if (name === "pi" && !names.has(name)) return this.constant(number(Math.PI));
    }
    const size = this.size(node);
    if (size !== null && !names.has(name)) return this.constant(number(size));
    if (name in names.sizes && indices.length && !names.has(name)) {
      if (indices.every(each => isA(each, "Symbol") && !this.isBound(each.name))) return this.constant(number(names.sizes[name])); // the d_k of an axis d
    }
    if ((name === "delta" || name === "I") && indices.length === 2 && !names.has(name)) { // Kronecker's
      return new Value(zip(this.index(indices[0]), this.index(indices[1]), (a, b) => a === b ? 1 : 0));
    }
    let [data, left] = names.data(node, this);
    if (node.called) left = this.counting(left, true); // the \phi(x) that is given by its value
    const isRow = this.example && (this.example[0] === batch || !left.length);
    if (isRow && data.value.shape[0] === this.example[1]) left = [make("Symbol", { name: this.example[0] }), ...left];
    return this.gather(data, left, node);
  }
  /** An argument, with an axis for each letter that was bound inside the function. */
  spread(argument) {
    const lead = argument.array.rank - argument.rank, { shape } = argument.array;
    return argument.like(reshape(argument.array, [...shape.slice(0, lead), ...Array(this.depth - lead).fill(1), ...shape.slice(lead)]));
  }
  /** Entries of a value: `softmax(z)_i`. */
  entry(whole, indices, node) {
    if (indices.length > whole.rank) indices = multiplied(indices, whole.rank);
    if (indices.length > whole.rank) throw new Wrong("indices", node, { indices: indices.length, axes: whole.rank });
    const lead = whole.array.rank - whole.rank, where = [];
    for (let axis = 0; axis < lead; axis++) {
      const n = whole.array.shape[axis];
      where.push(reshape(array(arange(0, n)), arange(0, this.depth).map(k => k === axis ? n : 1)));
    }
    indices.forEach((part, place) => where.push(this.onAxis(map(this.index(part), each => each - 1), whole.shape[place], part)));
    return new Value(take(whole.array, where), whole.rank - indices.length);
  }
  visit_Index(node) {
    return this.entry(this.value(node.operand), node.indices, node);
  }
  visit_Derivative(node) {
    const isAlongArgument = node.bottoms.some(each => this.arguments.has(each.name));
    if (isAlongArgument || !isA(node.top, "Symbol") && !this.names.given(node)) throw new Wrong("not computed", node);
    return this.gather(...this.names.derivative(node, this), node);
  }

  // ---- sums and products

  /** Two values entry by entry. Throws Wrong where their shapes leave a doubt. */
  meet(a, b, what, node) {
    const found = aligned(a, b);
    if (!found) throw new Wrong("shapes", node, { what, first: a.described, second: b.described });
    return found;
  }
  visit_Sum(node) {
    if (this.hasIdentity(node)) return this.withIdentity(node);
    const [first, ...rest] = node.terms, begun = this.value(first.node);
    return rest.reduce((out, { sign, node: part }) => {
      const [left, right, like] = this.meet(out, this.value(part), "a sum", part);
      return like.like(zip(left, right, (x, y) => x + sign * y));
    }, first.sign === 1 ? begun : begun.like(scaled(begun.array, -1)));
  }
  /** Whether the I of `A + \lambda I` has no value of its own. */
  hasIdentity(node) {
    return !this.arguments.has("I") && !this.isBound("I") && !this.names.has("I") && [...walk(node)].some(each => isLetter(each, "I"));
  }
  /** A sum with an I, which is as large as the square matrices beside it. */
  withIdentity(node) {
    const rest = node.terms.filter(term => !this.hasIdentity(term.node));
    const beside = rest.length ? this.value({ ...node, terms: rest }) : new Value(number(0));
    if (beside.rank !== 2 || beside.shape[0] !== beside.shape[1]) throw new Wrong("size of I", node);
    const inner = this.within();
    inner.arguments.set("I", this.constant(eye(beside.shape[0])));
    return inner.value(node);
  }
  visit_Product(node) {
    const a = this.value(node.left), b = this.value(node.right);
    if (!a.rank || !b.rank) {
      const [whole, factor] = a.rank ? [a, b] : [b, a];
      return whole.like(times(withAxes(factor.array, whole.rank), whole.array));
    }
    if (a.rank === 1 && b.rank === 1 && !a.row && !b.row && a.described === b.described && a.described !== "1") return this.ofVectors(node, a, b);
    if (a.rank === 1 && b.rank === 2 && !a.row && b.shape[0] === a.shape[0] && a.shape[0] !== 1) {
      const { array: found, rank } = this.matrixProduct(node, new Value(a.array, 1, true), b);
      return new Value(found, rank);
    }
    return this.matrixProduct(node, a, b);
  }
  /** Two columns of one length, which have no product of matrices. */
  ofVectors(node, a, b) {
    if (node.operator === "times") throw new Wrong("cross product", node);
    const found = times(a.array, b.array);
    return node.operator === "cdot" ? new Value(sum(found, [-1])) : a.like(found);
  }
  matrixProduct(node, a, b) {
    const left = this.asMatrix(a), right = this.asMatrix(b);
    if (left.shape.at(-1) !== right.shape.at(-2)) throw new Wrong("shapes", node, { what: "a product", first: a.described, second: b.described });
    const found = matmul(left, right), isToRow = a.row, isToColumn = b.rank === 1 && !b.row;
    const kept = [...isToRow ? [] : [found.shape.at(-2)], ...isToColumn ? [] : [found.shape.at(-1)]];
    return new Value(reshape(found, [...found.shape.slice(0, -2), ...kept]), kept.length, isToRow && !isToColumn);
  }
  asMatrix(value) {
    if (value.rank === 2) return value.array;
    return reshape(value.array, [...value.array.shape.slice(0, this.depth), ...value.row ? [1, -1] : [-1, 1]]);
  }
  visit_Hadamard(node) {
    const [left, right, like] = this.meet(this.value(node.left), this.value(node.right), "an entrywise product", node);
    return like.like(times(left, right));
  }
  visit_Quotient(node) {
    const a = this.value(node.top), b = this.divisor(node.bottom);
    if (a.rank && b.rank === 2 && a.fits(b)) throw new Wrong("quotient of matrices", node);
    const [left, right, like] = this.meet(a, b, "a quotient", node);
    return like.like(over(left, right));
  }
  /** What a quotient divides by: of an axis that is called like its array, the size. */
  divisor(node) {
    const found = this.value(node);
    if (found.rank && isLetter(node) && node.name in this.names.sizes) return this.constant(number(this.names.sizes[node.name]));
    return found;
  }
  visit_Power(node) {
    const { base, exponent } = node, { names } = this;
    if (isA(base, "Symbol") && base.layer === null && names.isList(base.name)) return this.value({ ...base, layer: exponent });
    if (isLetter(base, "e") && !this.arguments.has("e") && !names.has("e")) {
      const found = this.value(exponent);
      return found.like(map(found.array, Math.exp));
    }
    if (isA(base, "Symbol") && this.isLabel(exponent)) { // `\eta^i_{\min}`
      this.labelled(exponent);
      return this.value(base);
    }
    const a = this.value(base), b = this.scalar(exponent);
    if (a.rank === 2) return this.matrixPower(node, a, b);
    return a.like(isNumber(exponent, 2) ? times(a.array, a.array) : power(a.array, withAxes(b, a.rank)));
  }
  /** A whole power, in matrix products; of a diagonal matrix any, entry by entry. */
  matrixPower(node, a, exponents) {
    const [rows, columns] = a.shape, [exponent] = exponents.data;
    if (rows !== columns && isNumber(node.exponent, 2)) return a.like(times(a.array, a.array));
    const one = eye(rows), isVaried = exponents.data.some(each => each !== exponent);
    if (rows !== columns || isVaried) throw new Wrong("power of a matrix", node);
    if (exponent % 1) {
      const rest = map(one, each => 1 - each);
      if (any(times(a.array, rest))) throw new Wrong("power of a matrix", node);
      return a.like(times(map(zip(a.array, rest, (x, y) => x + y), each => each ** exponent), one)); // D^{-1/2}
    }
    const factor = new Value(exponent < 0 ? inverse(a.array) : a.array, 2);
    if (!exponent) return this.constant(one);
    return arange(1, Math.abs(exponent)).reduce(out => this.matrixProduct(node, out, factor), factor);
  }
  visit_Transpose(node) {
    const a = this.value(node.operand);
    if (a.rank === 2) return new Value(swap(a.array), 2);
    if (!a.rank) throw new Wrong("transpose of a scalar", node);
    return new Value(a.array, 1, !a.row);
  }
  visit_Root(node) {
    const a = this.value(node.operand);
    if (a.rank === 2) throw new Wrong("root of a matrix", node);
    if (node.order === null || isNumber(node.order, 2)) return a.like(map(a.array, Math.sqrt));
    return a.like(zip(a.array, withAxes(this.scalar(node.order), a.rank), (x, y) => x ** (1 / y)));
  }
  visit_Absolute(node) {
    const a = this.value(node.operand);
    return a.like(map(a.array, Math.abs));
  }
  visit_Norm(node) {
    const a = this.value(node.operand), { order } = node, axes = lastAxes(a.rank), sizes = map(a.array, Math.abs);
    const isPlain = order === 2 && !(a.rank === 2 && node.order_is_given);
    if (a.rank && isPlain || a.rank === 2 && order === "F") return new Value(map(sum(times(a.array, a.array), axes), Math.sqrt));
    if (a.rank !== 1) throw new Wrong("norm", node, { order, shape: a.described });
    if (order === 1) return new Value(sum(sizes, axes));
    if (order === Infinity) return new Value(largest(sizes, [-1]));
    const p = this.scalar(typeof order === "string" ? make("Symbol", { name: order }) : make("Number", { value: order }));
    return new Value(zip(sum(power(sizes, withAxes(p, 1)), axes), p, (x, y) => x ** (1 / y)));
  }

  // ---- functions

  visit_Call(node) {
    const values = node.arguments.map(each => this.value(each)), { names } = this;
    let found = null;
    if (names.hasFunction(node)) found = names.apply(node, values, this);
    else {
      found = node.primes ? null : apply(node, values, this);
      if (!found && names.isQuantity(node.function) && !node.primes) return this.value(make("Symbol", { name: node.function, layer: node.layer }, node.span)); // the cost L(w)
      if (!found) node = { ...node, function: alias(node.function) };
    }
    if (found) return found;
    const curve = names.function(node, this);
    if (values.length > 1) throw new Wrong("one argument", node, { name: node.function });
    const [a] = values, made = curve(a.array);
    return new Value(made, isSame(made.shape, a.array.shape) ? a.rank : 0, a.row);
  }
  visit_Reduce(node) {
    return reduced(node, this);
  }

  // ---- conditions

  /** A condition as an array of truths over the leading axes. */
  holds(condition) {
    const found = truth(this, condition);
    if (found.rank) throw new Wrong("no scalar", condition, { shape: found.described });
    return found.array;
  }
  visit_Indicator(node) {
    return indicated(this, node);
  }
  visit_Cases(node) {
    return chosen(this, node);
  }

  // ---- matrices written out

  /** `[h, x]`: numbers and vectors, one after the other. */
  visit_Listing(node) {
    if (node.bracket !== "[") throw new Wrong("not computed", node);
    return joined(node, node.items.map(item => this.value(item)), this);
  }
  visit_Matrix(node) {
    const width = node.rows[0].length, height = node.rows.length;
    if (node.rows.some(row => row.length !== width)) throw new Wrong("rows", node);
    const entries = node.rows.flat().map(each => this.scalar(each)), lead = common(...entries.map(each => each.shape));
    const kept = width > 1 ? [height, width] : [height];
    return new Value(reshape(stack(entries.map(each => broadcast(each, lead))), [...lead, ...kept]), kept.length);
  }
  visit_Ones(node) {
    return this.constant(filled([this.whole(node.size)], 1));
  }
  visit_Identity(node) {
    return this.constant(eye(this.whole(node.size)));
  }
  visit_Unit(node) {
    const [, values] = this.letters.get(node.index.name) ?? [];
    if (!values) throw new Wrong("unit vector", node);
    return new Value(take(eye(Math.max(...values)), [map(this.index(node.index), each => each - 1)]), 1);
  }
}

function rounded(found, node) {
  if (any(map(found, each => each % 1))) throw new Wrong("index", node);
  return found;
}

/** A function as its own formula `f(z) = …` defines it, on numbers. */
export function byFormula(names, chain) {
  const [argument] = argumentsOf(chain);
  return found => new Evaluator(names, { depth: found.rank, arguments: new Map([[argument, new Value(found)]]) }).value(chain.sides.at(-1)).array;
}

/** A function of several arguments or of vectors: `f(x, a) = …`, `f(z)_i = …`. */
export function byDefinition(names, chain, given, ev) {
  const inner = new Evaluator(names, { depth: ev.depth, arguments: given }), [left] = chain.sides;
  let bound = 0;
  (isA(left, "Index") ? left.indices : []).forEach((index, place) => {
    const whole = [...given.values()].find(each => each.rank);
    if (!isA(index, "Symbol")) return;
    inner.bind(index.name, arange(1, whole.shape[place] + 1));
    bound++;
  });
  const found = inner.value(chain.sides.at(-1)), lead = found.array.shape.slice(0, ev.depth);
  const sizes = [...inner.letters.values()].map(([, values]) => values.length);
  return new Value(broadcast(found.array, [...lead, ...sizes, ...found.shape]), found.rank + bound, found.row);
}

/** The z and a of `f(z, a) = …`. Throws Wrong where that is not the left side. */
export function argumentsOf(chain) {
  let [left] = chain.sides;
  if (isA(left, "Index")) left = left.operand;
  if (!isA(left, "Call") || !left.arguments.every(each => isA(each, "Symbol"))) throw new Wrong("definition", left);
  return left.arguments.map(each => each.name);
}

/** `x_{2j}`: a number before a letter is a factor, where there are not as many axes. */
function multiplied(indices, rank) {
  const out = [...indices];
  for (let place = 0; out.length > rank && place + 1 < out.length; place++) {
    if (isA(out[place], "Number") && isA(out[place + 1], "Symbol", "Sum")) out.splice(place, 2, byNumber(out[place], out[place + 1]));
  }
  return out;
}
/** 2 and j + 1, as in `x_{2j+1}`, are 2 j + 1. */
function byNumber(factor, index) {
  if (!isA(index, "Sum")) return make("Product", { left: factor, right: index });
  const [first, ...rest] = index.terms;
  return { ...index, terms: [{ ...first, node: make("Product", { left: factor, right: first.node }) }, ...rest] };
}

/** The value of a case of `evaluated` in drawn.py: its shape, its numbers, whether it is a row; or what is wrong. */
export function evaluated(given, names) {
  const { letters, constants, depth, example, left, tree } = given;
  const more = { letters: new Map(Object.entries(letters)), constants: new Map(Object.entries(constants)), depth, example, left };
  try {
    const { array: found, rank, row } = new Evaluator(names, more).value(tree);
    return { shape: found.shape, data: Array.from(found.data, each => Number.isFinite(each) ? each : String(each)), rank, row };
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    return { wrong: error.code, parts: error.parts };
  }
}
