// Every rule of naming that the reader and the evaluator need: which name in code a symbol of a formula stands for.

import { general } from "./strings.js";
import { isA, isNumber, make, walk } from "./syntax.js";
import { words } from "./words.js";

/** `w` → `W`: the array that `w` with indices is an entry of. */
export const capital = name => name.slice(0, 1).toUpperCase() + name.slice(1);
/** `W` → `w`: what an entry of the array is called. */
export const entryName = name => name.slice(0, 1).toLowerCase() + name.slice(1);
/** K of k, and p of P: what a function of data is called where its values are given. */
export const otherCase = name => /^\p{Uppercase}/u.test(name) ? entryName(name) : capital(name);

/** Whether a superscript is a layer without brackets: `l`, `l - 1`, `L`. */
export function isLayer(node) {
  const names = [...walk(node)].filter(each => isA(each, "Symbol")).map(each => each.name);
  return names.length > 0 && names.every(name => words.LAYERS.has(name)) && isA(node, "Symbol", "Sum");
}

/** `1` of `W^{(1)}`; empty where the layer is missing or is no number. */
export const layerNumber = symbol => isA(symbol.layer, "Number") ? general(symbol.layer.value) : "";
/** `12` of `w_{12}`; empty unless every index is a number. */
export const digits = indices => indices.every(each => isA(each, "Number")) ? indices.map(each => general(each.value)).join("") : "";

/** The parameter `eta0` or `eta_0` of `\eta_0`; of other digits only where `eta` is none. */
export function numbered(symbol, parameters) {
  const number = symbol.layer === null ? digits(symbol.indices) : "";
  if (!number || parameters.has(symbol.name) && number !== "0") return null;
  return [symbol.name + number, `${symbol.name}_${number}`].find(name => parameters.has(name)) ?? null;
}

/** The name that a symbol stands for and the indices that remain; null if there is none. */
export function located(symbol, exists, own) {
  const number = layerNumber(symbol), { indices } = symbol;
  if (symbol.layer !== null && !number) return null;
  const joined = symbol.name + digits(indices);
  if (!number && joined !== symbol.name && exists(joined) && !exists(symbol.name)) return [joined, []];
  const name = symbol.name + number, array = capital(symbol.name) + number, isEntry = Boolean(indices.length || number);
  if (isEntry && own(array) && !own(name)) return [array, indices];
  if (exists(name)) return [name, indices];
  return isEntry && name !== array && exists(array) ? [array, indices] : null;
}

// ---- time

/** A layer as a time: one layer of a function is a step, `\delta^{l+1}` as δ at t + 1. */
export function asTime(layer) {
  if (isA(layer, "Symbol") && words.LAYERS.has(layer.name)) return make("Symbol", { name: words.TIME });
  if (isA(layer, "Sum") && isLayer(layer)) return make("Sum", { terms: layer.terms.map(({ sign, node }) => ({ sign, node: asTime(node) })) });
  return layer;
}
/** Whether the only index counts steps: it mentions t, or is the start 0. */
export function isTime(indices) {
  if (indices.length !== 1) return false;
  return isNumber(indices[0], 0) || [...walk(indices[0])].some(each => isA(each, "Symbol") && each.name === words.TIME);
}
/** 0 of `t` and of a start such as 0, 1 of `t - 1`, -1 of `t + 1`, null of anything else. */
export function stepsBack(index) {
  if (isA(index, "Symbol", "Number")) return 0;
  const [first, second, ...more] = isA(index, "Sum") ? index.terms : [];
  const isShift = second && !more.length && first.sign === 1 && isA(first.node, "Symbol") && first.node.name === words.TIME && isA(second.node, "Number");
  return isShift ? Math.trunc(-second.sign * second.node.value) : null;
}

// ---- derivatives

/** `dL_dw`; of a second derivative `d2L_dw_dw`. */
export const derivativeName = (top, bottoms) => `d${bottoms.length > 1 ? bottoms.length : ""}${top}${bottoms.map(name => `_d${name}`).join("")}`;
