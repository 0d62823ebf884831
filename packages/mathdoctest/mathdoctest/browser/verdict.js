// Whether an answer is right: read as a formula, evaluated on every draw of an exercise (exercise.py), compared with what is wanted.

import { array, broadcast, isSame, together } from "./arrays.js";
import { NotInGrammar } from "./errors.js";
import { Evaluator } from "./evaluate.js";
import { Names } from "./names.js";
import { vocabularyOf } from "./notation.js";
import { expression, statements } from "./reader.js";
import { isA, isLetter, walk } from "./syntax.js";
import { Value, Wrong } from "./values.js";
import { tables } from "./words.js";

/**
 * What is told of an answer:
 * {kind: "unreadable", code, at, parts}: it is outside the grammar. code: of refusals.py;
 * {kind: "asked", name}: it uses what is asked for;
 * {kind: "meaningless", code, parts, span}: it has no value: an unknown name, shapes that do not fit;
 * {kind: "shape", yours, wanted}: its value has another shape;
 * {kind: "different", inputs, place, yours, wanted}: inputs for which its value differs at a place, from 1;
 * {kind: "right"}.
 */
export function verdict(tex, exercise) {
  let tree;
  try {
    tree = answer(tex, vocabularyOf(exercise.vocabulary));
  } catch (error) {
    if (!(error instanceof NotInGrammar)) throw error;
    return { kind: "unreadable", code: error.code, at: error.at, parts: error.parts };
  }
  for (const each of exercise.judge) {
    const found = compared(tree, each, exercise.functions, each.asked);
    if (found.kind === "different") return smallest(tree, exercise) ?? found;
    if (found.kind !== "right") return found;
  }
  return { kind: "right" };
}

/** The tree of an answer; of an equation, its last side. */
function answer(tex, vocabulary) {
  try {
    return expression(tex, vocabulary);
  } catch (error) {
    if (!(error instanceof NotInGrammar) || !tex.includes("=")) throw error;
    const chains = statements(tex, vocabulary);
    if (chains.length !== 1 || chains[0].sides.length < 2 || chains[0].relations.some(each => each !== "=")) throw error;
    return chains[0].sides.at(-1);
  }
}

/** An answer on one draw. */
function compared(tree, given, functions, asked) {
  const wanted = new Value(array(given.wanted), given.wanted.rank, given.wanted.row);
  let failure = null;
  for (const letters of readings(tree, given, wanted)) {
    const names = new Names(given.drawn, functions);
    let found;
    try {
      const ev = evaluator(names, given);
      letters.forEach((letter, n) => ev.bind(letter, range(wanted.shape[n])));
      found = ev.value(tree);
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      const used = asked.find(name => names.used.has(name));
      failure ??= used ? { kind: "asked", name: used } : { kind: "meaningless", code: error.code, parts: error.parts, span: error.node?.span ?? null };
      continue;
    }
    const used = asked.find(name => names.used.has(name));
    if (used) return { kind: "asked", name: used };
    const told = difference(fitted(found, wanted, given.depth, letters.length), wanted, given);
    if (told.kind === "right") return told;
    failure ??= told;
  }
  return failure;
}

function evaluator(names, { letters, constants, depth, example, left }) {
  return new Evaluator(names, { letters: new Map(Object.entries(letters)), constants: new Map(Object.entries(constants)), depth, example, left });
}
const range = length => Array.from({ length }, (_, n) => n + 1);

/** Which letters are bound beside those of the left side: none, or those of an answer that is given entry by entry. */
function readings(tree, given, wanted) {
  const names = new Names(given.drawn), ev = evaluator(names, given), found = new Set(), running = new Set();
  for (const node of walk(tree)) {
    if (isA(node, "Reduce")) for (const letter of node.letters) running.add(letter);
    const indices = isA(node, "Symbol", "Index") ? node.indices : [];
    for (const index of indices) for (const letter of walk(index)) if (isLetter(letter) && ev.isLabel(letter)) found.add(letter.name);
  }
  const free = [...found].filter(letter => !running.has(letter)).sort();
  if (!wanted.rank || free.length !== wanted.rank || given.depth) return [[]];
  return [free, ...free.length > 1 ? [[...free].reverse()] : [], []];
}

/** A value in the shape of what is wanted: entries for an array, or an array for entries; null where it has another. */
function fitted(found, wanted, depth, letters) {
  const { shape } = found.array;
  if (found.fits(wanted)) return found.array;
  if (!found.rank && found.array.data.every(each => each === 0)) return broadcast(array(0), wanted.array.shape);
  if (letters && !found.rank) return array({ shape, data: found.array.data }); // entry by entry, along the letters that were bound
  const isWhole = found.rank === depth && !wanted.rank && shape.slice(0, depth).every(each => each === 1);
  return isWhole && isSame(found.shape, wanted.array.shape) ? array({ shape: found.shape, data: found.array.data }) : null;
}

function difference(found, wanted, given) {
  const shape = found && together(found.shape, wanted.array.shape);
  if (!shape) return { kind: "shape", wanted: wanted.shape };
  const [a, b] = [broadcast(found, shape).data, broadcast(wanted.array, shape).data];
  const at = a.findIndex((each, n) => !isNear(each, b[n]));
  if (at < 0) return { kind: "right" };
  const place = [];
  for (let k = shape.length - 1, rest = at; k >= 0; k--) {
    if (shape[k] > 1) place.unshift(rest % shape[k] + 1);
    rest = Math.floor(rest / shape[k]);
  }
  return { kind: "different", inputs: inputs(given.drawn), place, yours: a[at], wanted: b[at] };
}

/** Whether two numbers are equal: an infinity equals itself alone, and NaN equals NaN. */
function isNear(a, b) {
  if (a === b || Number.isNaN(a) && Number.isNaN(b)) return true;
  const [relative, absolute] = tables.within;
  return Math.abs(a - b) <= absolute + relative * Math.max(Math.abs(a), Math.abs(b)) && Number.isFinite(a) && Number.isFinite(b);
}

/** The inputs of a draw: name → shape and numbers. */
function inputs({ values, parameters }) {
  const known = parameters.filter(name => values[name] && !values[name].function);
  return Object.fromEntries(known.map(name => [name, values[name].list ?? { shape: values[name].shape, data: values[name].data }]));
}

/** The smallest inputs that show that an answer is wrong; null where none does. */
function smallest(tree, exercise) {
  const weight = each => Object.values(inputs(each.drawn)).flat().flatMap(part => part.data).reduce((all, x) => all + Math.abs(x) + (x < 0 ? 0.1 : 0), 0);
  let best = null, least = Infinity;
  for (const each of exercise.small) {
    const told = compared(tree, each, exercise.functions, []), size = weight(each);
    if (told.kind !== "different" || !Number.isFinite(told.yours) || !Number.isFinite(told.wanted) || !(size < least)) continue;
    [best, least] = [told, size];
  }
  return best;
}
