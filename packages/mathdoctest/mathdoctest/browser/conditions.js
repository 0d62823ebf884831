// Conditions, and what depends on them: indicators and cases, of vectors entry by entry.

import { any, map, where, zip } from "./arrays.js";
import { isA } from "./syntax.js";
import { Value, Wrong, withAxes } from "./values.js";

const comparisons = {
  "=": (a, b) => a === b, "<": (a, b) => a < b, ">": (a, b) => a > b, "<=": (a, b) => a <= b, ">=": (a, b) => a >= b, "!=": (a, b) => a !== b,
};
const and = (a, b) => a && b, or = (a, b) => a || b;

/** A condition as truths, 0 or 1; of vectors entry by entry. */
export function truth(ev, condition) {
  const { sides, relations } = condition, both = (a, b) => compared(ev, and, a, b, condition);
  if (relations[0] === "and" || isA(sides[0], "Condition")) return sides.filter(each => isA(each, "Condition")).map(each => truth(ev, each)).reduce(both);
  if (relations.length === 1 && relations[0] === "in") return isIn(ev, condition);
  const values = sides.map(side => ev.divisor(side));
  if (!relations.length) return values[0].like(map(values[0].array, each => each !== 0 ? 1 : 0));
  return relations.map((how, n) => {
    if (!Object.hasOwn(comparisons, how)) throw new Wrong("relation", condition, { relation: how });
    return compared(ev, comparisons[how], values[n], values[n + 1], condition);
  }).reduce(both);
}

function compared(ev, how, a, b, node) {
  const [left, right, like] = ev.meet(a, b, "a comparison", node);
  return like.like(zip(left, right, (x, y) => how(x, y) ? 1 : 0));
}

/** Whether a number is in a set: written out, or an array of indices or of 0 and 1. */
function isIn(ev, condition) {
  const [left, right] = condition.sides;
  if (isA(right, "Listing")) return isListed(ev, ev.divisor(left), right);
  if (!isA(right, "Symbol")) throw new Wrong("set", right);
  const element = ev.scalar(left);
  if (!ev.names.has(right.name)) return new Value(map(element, each => each === each ? 1 : 0)); // all that there is
  if (right.indices.length) throw new Wrong("set", right);
  const { value: members, whole } = ev.names.data(right, ev)[0];
  if (whole) return new Value(map(element, each => members.data.includes(each) ? 1 : 0));
  if (members.rank !== 1 || members.data.some(each => each !== 0 && each !== 1)) throw new Wrong("set", right);
  return new Value(map(element, each => members.data[Math.min(Math.max(Math.trunc(each) - 1, 0), members.data.length - 1)]));
}

/** Whether it is in `{0, 1}`, `{1, \dots, n}` or `[0, 1)`: a square bracket has its end. */
function isListed(ev, element, listing) {
  const combined = (how, ...each) => each.map(([test, to]) => compared(ev, comparisons[test], element, ev.divisor(to), to))
    .reduce((a, b) => a.like(zip(a.array, b.array, how)));
  const { items, bracket } = listing;
  if (items.length === 1 && isA(items[0], "Interval")) return combined(and, [">=", items[0].first], ["<=", items[0].last]);
  if (bracket === "{") return combined(or, ...items.map(item => ["=", item]));
  if (items.length !== 2) throw new Wrong("interval", listing);
  return combined(and, [bracket[0] === "[" ? ">=" : ">", items[0]], [bracket === "[" || bracket === "(]" ? "<=" : "<", items[1]]);
}

/** 1 where a condition holds, else 0; of vectors entry by entry. */
export const indicated = (ev, node) => truth(ev, node.condition);

/** The value of the one case that holds. Throws Wrong where none does, or two. */
export function chosen(ev, node) {
  const truths = node.rows.map(row => row.condition && truth(ev, row.condition)), values = node.rows.map(row => ev.value(row.value));
  const whole = [...truths.filter(each => each), ...values].reduce((a, b) => b.rank > a.rank ? b : a);
  const spread = part => spreadOver(whole, part, node), known = truths.filter(each => each).map(spread);
  const once = known.reduce((a, b) => zip(a, b, (x, y) => x + y));
  if (any(map(once, each => each > 1 ? 1 : 0))) throw new Wrong("two cases", node);
  if (!truths.includes(null) && any(map(once, each => each < 1 ? 1 : 0))) throw new Wrong("no case", node);
  const held = truths.map(each => each ? spread(each) : map(once, x => x === 0 ? 1 : 0)), parts = values.map(spread);
  let out = parts.at(-1);
  for (let n = parts.length - 2; n >= 0; n--) out = where(held[n], parts[n], out);
  return whole.like(out);
}

/** A number as often as an array has entries, or what has the shape of the array. */
function spreadOver(whole, part, node) {
  if (!part.rank) return withAxes(part.array, whole.rank);
  if (!part.fits(whole)) throw new Wrong("shapes", node, { what: "cases", first: whole.described, second: part.described });
  return part.array;
}
