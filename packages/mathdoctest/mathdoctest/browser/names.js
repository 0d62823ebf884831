// What each name in a formula stands for, in the values of one draw: see `Drawn` in drawn.py for what a draw has.

import { array, map, reshape, sum, zip } from "./arrays.js";
import { argumentsOf, byDefinition, byFormula } from "./evaluate.js";
import { alias, curve } from "./library.js";
import { asTime, capital, derivativeName, isTime, layerNumber, located, numbered, stepsBack } from "./resolve.js";
import { general } from "./strings.js";
import { isA } from "./syntax.js";
import { Unknown, Wrong } from "./values.js";
import { words } from "./words.js";

const far = 2e-4; // of a slope by five points
const own = (table, name) => Object.hasOwn(table, name) ? table[name] : null;

/** The names of one draw: `w_{ij}` is an entry of its W, `v_{t-1}` its v. */
export class Names {
  /** functions: those that are the same on every draw. */
  constructor(drawn, functions = {}) {
    this.drawn = { ...drawn, functions: { ...functions, ...drawn.functions } };
    this.sizes = Object.assign(Object.create(null), drawn.sizes);
    this.own = new Set(drawn.own);
    this.parameters = new Set(drawn.parameters);
    this.lefts = new Set(drawn.lefts);
    this.used = new Set(); // the names whose values were asked for
  }
  isList(name) {
    return Boolean(own(this.drawn.values, name)?.list);
  }
  has(name) {
    return own(this.drawn.values, name) !== null;
  }
  isQuantity(name) {
    return !this.lefts.has(name) && this.has(name);
  }
  /** What a symbol names, and the indices that remain: [name, the element of a list, indices]. Throws Wrong. */
  located(symbol, ev) {
    const parameter = numbered(symbol, this.parameters);
    if (parameter) return [parameter, null, []];
    const found = located(symbol, name => this.has(name), name => this.own.has(name));
    if (found) return [found[0], null, found[1]];
    for (const name of symbol.layer === null ? [] : [symbol.name, capital(symbol.name)]) {
      const whole = own(this.drawn.values, name);
      if (!whole?.list) continue;
      const layer = ev.whole(symbol.layer), at = layer - whole.origin;
      if (at < 0 || at >= whole.list.length) throw new Wrong("no layer", symbol.layer, { name, layer });
      return [name, at, symbol.indices];
    }
    const letters = symbol.indices.filter(each => isA(each, "Symbol") && each.layer === null && !each.indices.length).map(each => each.name);
    const joined = [symbol.name, ...letters].join("_");
    if (letters.length && letters.length === symbol.indices.length && this.has(joined)) return [joined, null, []];
    throw new Unknown("unknown name", symbol, { name: symbol.name + layerNumber(symbol) });
  }
  /** The data of a symbol, and the indices that remain. */
  data(symbol, ev) {
    const isLayer = symbol.layer !== null;
    if (isLayer && symbol.indices.length) { // `h_j^{(t-1)}`, an entry at a step
      const step = this.withExample({ ...symbol, indices: [] });
      if (this.countsSteps(step, ev)) return [this.atStep(step, isLayer), symbol.indices];
    }
    if (isLayer && isTime(symbol.indices) && ev.isLabel(symbol.layer)) symbol = { ...symbol, layer: null }; // `x_t^{(i)}`, of one i
    symbol = this.withExample(symbol);
    if (this.countsSteps(symbol, ev)) return [this.atStep(symbol, isLayer), []];
    let found;
    try {
      found = this.located(symbol, ev);
    } catch (error) {
      const mean = error instanceof Unknown ? this.mean(symbol) : null;
      if (!mean) throw error;
      return [mean, symbol.indices];
    }
    const [name, element, indices] = found, whole = own(this.drawn.values, name);
    this.used.add(element === null ? name : `${name}[${element}]`);
    if (whole.list && element === null) throw new Wrong("no array", symbol, { name });
    const told = element === null ? whole : { ...whole.list[element], origin: 1 };
    if (!told.shape) throw new Wrong("no array", symbol, { name });
    const data = dataOf(told);
    if (whole.single && !indices.length && !told.entry) data.value = reshape(data.value, []);
    return [data, indices];
  }
  /** The mean `\bar{x}` along the first axis of an array x. */
  mean(symbol) {
    const base = symbol.name.replace(/_bar$/, "");
    for (const name of base !== symbol.name && symbol.layer === null ? [base, capital(base)] : []) {
      const found = own(this.drawn.values, name);
      if (!found?.shape?.length) continue;
      return { value: map(sum(array(found), [0]), each => each / found.shape[0]), entry: false, origin: 1 };
    }
    return null;
  }
  /** `x^{(i)}` of an array is its entry i; `\theta^{(t)}` is the θ of step t. */
  withExample(symbol) {
    const { layer } = symbol;
    if (layer === null || this.isList(symbol.name) || this.isList(capital(symbol.name))) return symbol;
    const known = located(symbol, name => this.has(name), name => this.own.has(name));
    if (isA(layer, "Number") && known) return symbol;
    return { ...symbol, layer: null, indices: [asTime(layer), ...symbol.indices] };
  }

  // ---- time

  /** Whether this is v_t, v_{t-1} or v_0 of a function that does one step. */
  countsSteps(symbol, ev) {
    if (symbol.indices.length !== 1 || symbol.layer !== null || !this.drawn.step || ev.isBound(words.TIME)) return false;
    if (numbered(symbol, this.parameters)) return false; // η_0 is a parameter, not the start
    const computed = this.lefts.has(symbol.name) && !this.parameters.has(symbol.name);
    return isTime(symbol.indices) && (computed || !isA(symbol.indices[0], "Number"));
  }
  atStep(symbol, isLayer) {
    const [index] = symbol.indices, at = isA(index, "Number") ? general(index.value) : `t${stepsBack(index)}`;
    this.used.add(`${symbol.name} ${at}`);
    if (!this.parameters.has(symbol.name)) this.used.add(symbol.name);
    const found = own(this.drawn.steps, `${symbol.name} ${at}${isLayer ? " layer" : ""}`);
    if (!found) throw new Wrong("no step", symbol, { name: symbol.name });
    return dataOf(found);
  }

  // ---- functions

  defined(call, primes = call.primes) {
    return own(this.drawn.functions, call.function + "'".repeat(primes));
  }
  hasFunction(call) {
    this.used.add(`${alias(call.function)}${"'".repeat(call.primes)}()`);
    const isDrawn = Boolean(own(this.drawn.values, call.function)?.function);
    return isDrawn || Boolean(this.defined(call)) || call.primes > 0;
  }
  /** A function of several arguments or of a vector, as its own formula defines it; null where it is one of numbers. */
  apply(call, values, ev) {
    const found = this.defined(call);
    if (found && !found.chain) throw new Unknown("unknown function", call, { name: call.function });
    if (!found || values.length === 1 && found.of_numbers) return null;
    const names = argumentsOf(found.chain);
    if (names.length !== values.length) throw new Wrong("arguments", call, { name: call.function, wanted: names.length });
    return byDefinition(this, found.chain, new Map(names.map((name, n) => [name, values[n]])), ev);
  }
  /** What computes a function, or its slope, on arrays of any shape. Throws Wrong. */
  function(call, ev, primes = call.primes) {
    const drawn = primes || call.layer === null ? null : own(this.drawn.functions, `${call.function}[${ev.whole(call.layer)}]`);
    const found = drawn ?? this.defined(call, primes);
    if (found && !found.chain) throw new Unknown("unknown function", call, { name: call.function });
    if (found) return byFormula(this, found.chain);
    if (primes) {
      const below = this.function(call, ev, primes - 1), at = step => a => below(map(a, each => each + step));
      const difference = (a, step) => zip(at(step)(a), at(-step)(a), (x, y) => x - y);
      return a => zip(difference(a, far), difference(a, 2 * far), (near, wide) => (8 * near - wide) / (12 * far));
    }
    const known = curve(call.function);
    if (!known) throw new Unknown("unknown function", call, { name: call.function });
    return known;
  }

  // ---- derivatives

  /** Whether a derivative is given by a name of its own. */
  given(node) {
    return own(this.drawn.given, spelled(node)) !== null;
  }
  derivative(node, ev) {
    const told = own(this.drawn.given, spelled(node));
    const named = [node.top, ...node.bottoms].filter(each => isA(each, "Symbol"));
    this.used.add(spelled(node));
    if (told) return [dataOf(told), named.map(each => each.indices).filter(each => !isTime(each)).flat()];
    if (!isA(node.top, "Symbol")) throw new Wrong("not computed", node);
    const found = named.map(each => this.located(each, ev)), [top, ...below] = found.map(([name, element]) => name + (element === null ? "" : `[${element}]`));
    const indices = found.flatMap(each => each[2]), name = derivativeName(top, below), known = own(this.drawn.derivatives, name);
    this.used.add(name);
    if (!known) throw new Unknown("unknown derivative", node, { top, below });
    return [dataOf(known), indices];
  }
}

/** A derivative by the names that are written: dL_dW1. */
function spelled(node) {
  const name = each => isA(each, "Symbol") ? each.name + layerNumber(each) : isA(each, "Call") ? each.function : "";
  return derivativeName(name(node.top), node.bottoms.map(name));
}
const dataOf = told => ({ value: array(told), entry: told.entry, origin: told.origin, whole: told.whole });
