// The nodes of a formula: plain objects with a kind, the fields that the class of that name has in Python, and a span.

import { tables } from "./words.js";

/** A node with its fields, others as they are by default. */
export const make = (kind, values, span = [0, 0]) => ({ kind, ...tables.nodes.get(kind), ...values, span });
export const isNode = value => Boolean(value) && typeof value === "object" && tables.nodes.has(value.kind);
export const isA = (value, ...kinds) => Boolean(value) && kinds.includes(value.kind);

/** Whether two parts are equal: where they stand, and how they were written, does not matter. */
export function same(a, b) {
  if (a === b) return true;
  if (!a || !b || typeof a !== "object" || typeof b !== "object" || Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a)) return a.length === b.length && a.every((each, n) => same(each, b[n]));
  return a.kind === b.kind && Object.keys(a).every(name => tables.uncompared.has(name) || same(a[name], b[name]));
}

/** Whether it is a symbol without layer and indices; name: that one. */
export const isLetter = (node, name) => isA(node, "Symbol") && node.layer === null && !node.indices.length && (name === undefined || node.name === name);
export const isNumber = (node, value) => isA(node, "Number") && (value === undefined || node.value === value);

/** The node itself, then everything below it. */
export function* walk(node) {
  if (Array.isArray(node)) for (const each of node) yield* walk(each);
  else if (node && typeof node === "object") {
    if (isNode(node)) yield node;
    for (const name of Object.keys(node)) if (!tables.uncompared.has(name)) yield* walk(node[name]);
  }
}
