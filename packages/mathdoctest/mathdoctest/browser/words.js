// The words of the formula language and all else that Python looks up in tables: see `tables` in __init__.py.

/** Name → what it holds: a Map or a Set, under the names that Python has for them. */
export const words = {};
/** The fields of each kind of node, the patterns, the grammar and the limits, as they were exported. */
export const tables = {};

const held = value => Array.isArray(value) ? new Set(value) : value && typeof value === "object" ? new Map(Object.entries(value)) : value;

/** Make the exported tables those of the reader. */
export function use(exported) {
  Object.assign(tables, exported);
  for (const [name, value] of Object.entries(exported.words)) words[name] = held(value);
  tables.nodes = new Map(Object.entries(exported.nodes));
  tables.uncompared = new Set(exported.uncompared);
  tables.space = new RegExp(`^[${exported.space}]+|[${exported.space}]+$`, "gu");
  tables.spacing = new RegExp(exported.spacing, "gsu");
  tables.raw = exported.raw;
  tables.spaces = new RegExp(`[${exported.space}]+`, "u");
}
