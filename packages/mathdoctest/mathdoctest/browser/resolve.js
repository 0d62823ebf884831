// Every rule of naming that the reader needs: which name in code a symbol of a formula stands for.

import { isA, walk } from "./syntax.js";
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
