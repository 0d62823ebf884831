// Factors side by side: which is a function's argument, an entry, a derivative; else a product.

import { NotInGrammar } from "./errors.js";
import { otherCase } from "./resolve.js";
import { asValue, collected, isPending, pop } from "./scripts.js";
import { float, general, length, partition, rpartition, split } from "./strings.js";
import { isA, isLetter, isNode, isNumber, make, same } from "./syntax.js";
import { words } from "./words.js";

const isText = part => typeof part === "string";
const hasNothing = rest => !rest.length || isText(rest[0]);

/** How the factors of one formula become nodes, each by what stands beside it. */
export class Factors {
  constructor(tex, vocabulary, scripts) {
    this.tex = tex;
    this.vocabulary = vocabulary;
    this.scripts = scripts;
    this.points = new Map(); // what is given by one value → what it is of
  }

  /** Left to right; a function takes what follows it. */
  product(span, ...factors) {
    const rest = [...factors];
    let out = this.factor(rest);
    while (rest.length) out = this.times(out, rest);
    return { ...out, span };
  }

  /** What is on the left, and the next factor. */
  times(left, rest) {
    const how = isText(rest[0]) ? rest.shift() : "";
    if (!rest.length) throw new NotInGrammar("nothing after", left.span[1], { operator: how });
    let right = this.factor(rest);
    const span = [left.span[0], right.span[1]];
    if (isA(left, "Condition") || isA(right, "Condition")) return this.timesCondition(left, right, span);
    if (how === "/") {
      right = this.norms(right, rest);
      this.checkDivisor(left, right, rest);
      return make("Quotient", { top: left, bottom: right }, span);
    }
    if (words.INFIX.has(how)) return make("Call", { function: how, arguments: [left, right] }, span);
    return make("Product", { left, right, operator: how }, span);
  }

  /** `1(y = k)` is an indicator; no other product has a relation in it. */
  timesCondition(left, right, span) {
    if (isA(right, "Condition") && isNumber(left, 1)) return make("Indicator", { condition: right }, span);
    if (isA(right, "Condition") && isA(left, "Product") && isNumber(left.right, 1)) {
      const indicator = make("Indicator", { condition: right }, [left.right.span[0], span[1]]);
      return { ...left, right: indicator, span };
    }
    throw new NotInGrammar("relation as factor", span[0]);
  }

  /** `u^\top v / \|u\| \|v\|` divides by both norms. */
  norms(divisor, rest) {
    let last = divisor;
    while (isA(last, "Norm") && isA(rest[0], "Norm")) {
      last = rest.shift();
      divisor = make("Product", { left: divisor, right: last }, [divisor.span[0], last.span[1]]);
    }
    return divisor;
  }

  /** `a / b c` may mean two things, unless c cannot be meant to be below. */
  checkDivisor(top, divisor, rest) {
    if (hasNothing(rest)) return;
    const isPlainFactor = !isPending(rest[0]) && isA(rest[0], "Symbol", "Number");
    if (isPlainFactor || !isA(top, "Number")) throw new NotInGrammar("divisor", divisor.span[0], { text: this.tex.slice(...divisor.span) });
  }

  /** The first factor of the rest, with its argument; both are removed from the rest. */
  factor(rest) {
    let first = rest.shift();
    if (isText(first)) throw new NotInGrammar("nothing before", 0, { operator: first });
    if (isPending(first)) return this[`make_${first.kind}`](first, rest);
    if (!isA(first, "Symbol")) return first;
    if (this.isIndicator(first, rest)) {
      const group = rest.shift();
      return make("Indicator", { condition: group.items[0] }, [first.span[0], group.span[1]]);
    }
    first = this.givenByValues(first, rest);
    return this.isApplied(first, rest) ? this.called(first, 0, rest.shift()) : this.entry(first, rest);
  }

  /** Whether this is `I(y = k)`: an I or a δ that is no name, before a condition. */
  isIndicator(symbol, [group]) {
    const isFree = words.INDICATORS.has(symbol.name) && !this.vocabulary.names.has(symbol.name);
    if (!isFree || symbol.indices.length || !isPending(group, "group") || group.scripts.length) return false;
    return group.items.length === 1 && isA(group.items[0], "Condition");
  }

  /** Whether what follows is the argument of a function, not a factor. */
  isApplied(symbol, [group]) {
    if (!isPending(group, "group")) return false;
    const { functions, names } = this.vocabulary, { name } = symbol, [base, label] = partition(name, "_");
    if (functions.has(name) || !names.has(name) && functions.has(base) && !accents().has(label)) return true;
    if (names.has(name) || group.bracket === "{") return false;
    if (group.bracket === "[") return words.STATISTICS.has(name);
    return words.CONVENTIONAL.has(name) || group.items.length > 1 || symbol.upright;
  }

  /** `y[i]` and `size[0]` are entries; a sum in square brackets is a factor. So is `p(x)` of an array p: see `_entry` in factors.py. */
  entry(symbol, rest) {
    const [group] = rest;
    if (!isPending(group) || group.span[0] !== symbol.span[1]) return symbol;
    let indices = null, { layer } = symbol;
    if (group.bracket === "(") {
      indices = this.counted(symbol, group);
    } else if (group.bracket === "[" && !symbol.indices.length && !group.scripts.length) {
      indices = group.items.every(item => isA(item, "Symbol", "Number")) ? group.items : null;
    }
    if (indices === null) return symbol;
    rest.shift();
    if (indices.length && symbol.indices.length === 1 && layer === null) [layer] = symbol.indices; // V_k(s): of a step, or it only says which
    else if (symbol.indices.length) indices = [...symbol.indices, ...indices];
    const called = group.bracket === "(" && indices.length > 0;
    if (!indices.length) this.checkPoint(symbol, group);
    const span = [symbol.span[0], group.inner[1]], whole = [symbol.span[0], group.span[1]];
    symbol = { ...symbol, layer, indices, span, upright: false, called };
    return this.scripts.raised(symbol, collected(group.scripts, group.span), whole);
  }

  /** What is given by one value is of one thing: not both V(s) and V(s'). */
  checkPoint(symbol, group) {
    const text = split(this.tex.slice(...group.inner)).join("");
    if (!this.points.has(symbol.name)) this.points.set(symbol.name, text);
    if (this.points.get(symbol.name) !== text) throw new NotInGrammar("two points", group.span[0], { name: symbol.name });
  }

  /** The K of `k(x_i, x_j)`, where only the array K is given; the p of `P(x)`. */
  givenByValues(symbol, [group]) {
    const { names, functions, arrays } = this.vocabulary, other = otherCase(symbol.name);
    const touches = isPending(group) && group.bracket === "(" && length(symbol.name) === 1 && group.span[0] === symbol.span[1];
    const isFree = !names.has(symbol.name) && !functions.has(symbol.name);
    return touches && isFree && arrays.has(other) && names.has(other) ? { ...symbol, name: other } : symbol;
  }

  /** Whether this is `w(t)` or `w(t + 1)`, a w at a time: t has no value. */
  isTime(symbol, group) {
    const { names } = this.vocabulary, [item, ...more] = group.items;
    let letter = null;
    if (more.length) return false;
    if (isLetter(item)) letter = item.name;
    else if (isA(item, "Sum") && item.terms.length === 2) {
      const [first, second] = item.terms;
      if (first.sign === 1 && isA(first.node, "Symbol") && isA(second.node, "Number")) letter = first.node.name;
    }
    return ["t", "k", "n"].includes(letter) && !names.has(letter) && names.has(symbol.name);
  }

  /** The letters that count in `(x_i, x_j)` after what has values; null of a product. */
  counted(symbol, group) {
    if (!symbol.indices.length && this.isTime(symbol, group)) return group.items;
    const { names, arrays, axes } = this.vocabulary, known = name => names.has(name) && !axes.has(name);
    let items = group.items.filter(item => isA(item, "Symbol"));
    const isMixed = items.length < group.items.length;
    if (group.items.length > 1 && arrays.has(symbol.name) && names.has(symbol.name)) {
      if (group.items.every(item => isA(item, "Symbol", "Number", "Sum")) && isMixed) return group.items; // I(i + m, j + n)
    }
    if (isMixed || !names.has(symbol.name) || !items.length) return null;
    const isKnown = items.some(item => known(item.name) || known(item.name.toUpperCase()));
    const isNetwork = words.WEIGHTS.has(rpartition(symbol.name, "_")[1]); // what `f_\theta(x)` gives
    if (isKnown && items.length < 2 && !isNetwork) return null;
    if (!items.some(item => item.indices.length || item.layer)) items = this.givenFirst(items);
    const parts = items.flatMap(item => this.counting(symbol, item));
    return parts.filter((part, n) => parts.findIndex(each => same(each, part)) === n);
  }

  /** `p(y | x)` is an entry of p[x, y]. */
  givenFirst(items) {
    const start = items[0].span[0];
    const place = Math.max(items.findIndex(item => /\||\\mid/.test(this.tex.slice(start, item.span[0]))), 0);
    return [...items.slice(place), ...items.slice(0, place)];
  }

  /** The letters that count in an argument, or the whole number that it is. */
  counting(symbol, item) {
    const { whole, arrays, names, axes } = this.vocabulary;
    if (whole.has(item.name)) return [item];
    if (isLetter(item) && length(item.name.replace(/_prime$/, "")) === 1) return arrays.has(symbol.name) ? [item] : [];
    const letters = [item.layer, ...item.indices].filter(part => isLetter(part));
    return letters.filter(({ name }) => !(names.has(name) && !axes.has(name)) && name !== words.TIME);
  }

  /** A symbol as a function: f(x), f^{(l)}(x), f_i(x), f'(x). */
  called(symbol, primes, group) {
    const start = symbol.span[0], span = [start, group.inner[1]], [base, label] = rpartition(symbol.name, "_");
    const { functions } = this.vocabulary;
    if (words.WEIGHTS.has(label) && functions.has(base) && !functions.has(symbol.name)) symbol = { ...symbol, name: base }; // `h_\theta(x)` of an h
    const call = make("Call", { function: symbol.name, arguments: group.items, layer: symbol.layer, primes }, span);
    const node = symbol.indices.length ? make("Index", { operand: call, indices: symbol.indices }, span) : call;
    return this.scripts.raised(node, collected(group.scripts, group.span), [start, group.span[1]]);
  }

  make_primed(first, rest) {
    const symbol = first.node, [[, primes], ...others] = first.scripts;
    const found = collected(others, first.span), name = symbol.name + "_prime".repeat(primes);
    const follows = isPending(rest[0], "group");
    const applied = follows && rest[0].bracket === "(" && !this.vocabulary.names.has(name);
    if (follows && (applied || this.isApplied(symbol, rest))) return this.scripts.raised(this.called(symbol, primes, rest.shift()), found, first.span);
    if (this.vocabulary.functions.has(symbol.name)) throw new NotInGrammar("applied to nothing", first.span[0], { name: symbol.name });
    return this.scripts.raised({ ...symbol, name }, found, first.span);
  }

  make_group(first, rest) {
    const found = collected(first.scripts, first.span), index = found.get("index"), power = found.get("power");
    const [item, ...more] = first.items, [bound] = index ?? [];
    const runs = index?.length === 1 && isA(bound, "Condition") && bound.relations.length === 1 && bound.relations[0] === "=" && isLetter(bound.sides[0]);
    if (runs && power?.length === 1 && !more.length && !isA(item, "Condition")) {
      return make("Reduce", { how: "list", letters: [bound.sides[0].name], low: bound.sides[1], high: power[0], body: item }, first.span);
    }
    const ofOne = first.bracket === "{" && isA(item, "Listing");
    let node;
    if (!more.length && !ofOne && !isA(item, "Interval")) {
      node = { ...item, span: first.inner };
      if (isA(node, "Condition") && first.bracket === "[") node = make("Indicator", { condition: node }, first.inner);
      if (isA(node, "Condition") && first.bracket !== "{") return node;
    } else {
      node = make("Listing", { bracket: first.bracket, items: first.items }, first.inner);
    }
    if (index?.length === 1 && isLetter(bound, "plus")) {
      found.delete("index"); // the positive part
      node = make("Call", { function: "max", arguments: [make("Number", { value: 0 }, first.inner), node] }, first.inner);
    }
    return this.scripts.raised(node, found, first.span);
  }

  make_function(function_, rest) {
    const { name } = function_, start = function_.span[0];
    const found = collected(function_.scripts, function_.span), base = pop(found, "index", []);
    if (found.has("transpose")) throw new NotInGrammar("transposed function", start, { name });
    if (hasNothing(rest)) throw new NotInGrammar("applied to nothing", start, { name });
    const after = isPending(rest[0], "group") ? rest.shift() : null;
    if (!after && !words.APPLIED_BARE.has(name) && !base.length && (name === "max" || name === "min")) throw new NotInGrammar("parentheses", start, { name });
    const given = after ? after.items : [this.bareArgument(name, rest)];
    const span = [start, after ? after.inner[1] : given.at(-1).span[1]];
    const call = make("Call", { function: name, arguments: given, layer: found.get("layer") ?? null, primes: found.get("prime") ?? 0 }, span);
    let node = base.length ? withBase(call, base, span) : call;
    if (found.has("power")) node = make("Power", { base: node, exponent: asValue(found.get("power")[0], span) }, span);
    if (!after) return node;
    return this.scripts.raised(node, collected(after.scripts, after.span), [start, after.span[1]]);
  }

  /** The argument without brackets: all of `\log 2 \pi \sigma^2`, the first of `\log x y`. */
  bareArgument(name, rest) {
    let out = this.factor(rest);
    if (isFraction(out) && isA(rest[0], "Reduce")) { // \log \frac1n \sum
      const right = rest.shift();
      return make("Product", { left: out, right }, [out.span[0], right.span[1]]);
    }
    if (isA(out, "Number") || words.ANGLES.has(name)) {
      while (rest.length && isNode(rest[0]) && !isPending(rest[0]) && isPlain(rest[0])) {
        const right = this.factor(rest);
        out = make("Product", { left: out, right }, [out.span[0], right.span[1]]);
      }
    }
    return out;
  }

  make_nabla(nabla, rest) {
    const found = collected(nabla.scripts, nabla.span), power = found.get("power");
    let along = takenAlong(found.get("index") ?? [], nabla.span);
    if (hasNothing(rest)) throw new NotInGrammar("nabla of nothing", nabla.span[0]);
    const top = this.argumentOfNabla(rest), span = [nabla.span[0], top.span[1]];
    if (power?.length === 1 && isNumber(power[0], 2)) {
      along = along.length ? along : argument(top, span);
      along = [...along, ...along];
    }
    if (isA(top, "Transpose") && isA(top.operand, "Call")) { // `\nabla f(x)^\top` and `\nabla^2 f(x)^{-1}` are of the whole
      return make("Transpose", { operand: make("Derivative", { top: top.operand, bottoms: along }, span) }, span);
    }
    const exponent = isA(top, "Power") && isA(top.base, "Call") ? top.exponent : null;
    if (isA(exponent, "Sum") && exponent.terms.length === 1 && exponent.terms[0].sign === -1) {
      return make("Power", { base: make("Derivative", { top: top.base, bottoms: along }, span), exponent }, span);
    }
    return make("Derivative", { top, bottoms: along }, span);
  }

  /** After \nabla a letter before parentheses is a function: \nabla L(\theta). */
  argumentOfNabla(rest) {
    const isGroup = isPending(rest[1], "group") && rest[1].bracket === "(";
    if (isGroup && !isPending(rest[0]) && isA(rest[0], "Symbol")) {
      const [symbol, group] = rest.splice(0, 2);
      return this.called(symbol, 0, group);
    }
    return this.factor(rest);
  }

  /** `\partial_x f` and `\partial f / \partial x`. */
  make_diff(diff, rest) {
    const found = collected(diff.scripts, diff.span);
    if (hasNothing(rest)) throw new NotInGrammar("partial", diff.span[0]);
    const top = this.argumentOfNabla(rest);
    if (found.has("index")) return make("Derivative", { top, bottoms: takenAlong(found.get("index"), diff.span) }, [diff.span[0], top.span[1]]);
    if (rest.length < 3 || rest[0] !== "/" || !isPending(rest[1], "diff")) throw new NotInGrammar("partial", diff.span[0]);
    const bottoms = takenAlong([rest[2]], diff.span), end = rest[2].span[1];
    rest.splice(0, 3);
    return make("Derivative", { top, bottoms }, [diff.span[0], end]);
  }

  /** A derivative of what follows: of the next parenthesis, else of the whole product. */
  make_operator(operator, rest) {
    if (hasNothing(rest)) throw new NotInGrammar("derivative of nothing", operator.span[0]);
    const isGroup = isPending(rest[0], "group");
    let top = this.argumentOfNabla(rest);
    while (rest.length && !isGroup) top = this.times(top, rest);
    return make("Derivative", { top, bottoms: operator.bottoms }, [operator.span[0], top.span[1]]);
  }

  make_indicator(indicator, rest) {
    const found = collected(indicator.scripts, indicator.span);
    let items = found.get("index") ?? [], end = indicator.span[1];
    if (!items.length && isPending(rest[0], "group")) {
      const group = rest.shift();
      [items, end] = [group.items, group.span[1]];
    }
    if (isA(items[0], "Indicator")) items = [items[0].condition]; // [k = y] below
    if (items.length !== 1 || !isA(items[0], "Condition")) throw new NotInGrammar("indicator", indicator.span[0]);
    return make("Indicator", { condition: items[0] }, [indicator.span[0], end]);
  }
}

const accents = () => new Set(words.ACCENTS.values());

/** Whether it is a number, or one divided by a size. */
const isFraction = node => isA(node, "Number") || isA(node, "Quotient") && isA(node.top, "Number");
/** Whether it is a symbol or a power of one. */
const isPlain = node => isA(isA(node, "Power") ? node.base : node, "Symbol");

/** The x of `\nabla^2 f(x)`, whatever power or transpose follows. */
function argument(top, span) {
  if (isA(top, "Power")) top = top.base;
  if (isA(top, "Transpose")) top = top.operand;
  if (!isA(top, "Call") || top.arguments.length !== 1) throw new NotInGrammar("second along what", span[0]);
  return takenAlong(top.arguments, span);
}

/** What a derivative is taken along. */
export function takenAlong(nodes, span) {
  if (!nodes.every(node => !isPending(node) && isA(node, "Symbol"))) throw new NotInGrammar("along", span[0]);
  return nodes;
}

/** `\log_2 x` is a quotient; an index of any other function is one of its value. */
function withBase(node, base, span) {
  if (node.function === "log" && base.every(part => isA(part, "Number"))) {
    const value = float(base.map(part => general(part.value)).join(""));
    if (Number.isNaN(value)) throw new NotInGrammar("base", span[0]);
    base = [make("Number", { value }, base[0].span)]; // \log_{10}
  }
  if (node.function === "log" && base.length === 1) return make("Quotient", { top: node, bottom: make("Call", { function: "log", arguments: base }, span) }, span);
  return make("Index", { operand: node, indices: base }, span);
}
