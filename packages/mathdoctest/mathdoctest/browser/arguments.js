// What has arguments: scripts, groups in braces, accents, fractions, roots.

import { NotInGrammar } from "./errors.js";
import { reduction } from "./letters.js";
import { token } from "./lexing.js";
import { Raw, word } from "./tex.js";
import { words } from "./words.js";

export function below(lexing, i) {
  wholeAxes(lexing, i + 1);
  let after = lexing.unit(i + 1);
  const [first, last] = lexing.content(i + 1, after);
  const only = last === first + 1 ? lexing.at(first) : null;
  lexing.put("SUB", "_", i);
  if (only && (words.FUNCTIONS.has(only.command) || words.REDUCTIONS.has(only.command))) return wrapped(lexing, "WORD", only.command, i + 1, after);
  if (only && only.kind === "text" && word(only.value)) return wrapped(lexing, "WORD", word(only.value), i + 1, after);
  if (only && words.MARKS.has(only.value)) return wrapped(lexing, "WORD", words.MARKS.get(only.value), i + 1, after);
  lexing.belowDepth++;
  after = lexing.argument(i + 1);
  lexing.belowDepth--;
  return after;
}

/** `h_{i,:}` is h_i, and `h_{:,j}` has dots for its first axis. */
function wholeAxes(lexing, i) {
  const [first, last] = lexing.content(i, lexing.unit(i));
  const values = lexing.raw.slice(first, last).map(raw => raw.value);
  if (values.at(-2) === "," && values.at(-1) === ":") lexing.raw.splice(last - 2, 2);
  if (values[0] === ":" && values[1] === ",") {
    const colon = lexing.raw[first];
    lexing.raw[first] = new Raw("command", "\\dots", colon.start, colon.end);
  }
}

function wrapped(lexing, kind, value, i, after) {
  lexing.put("LBRACE", "{", i);
  lexing.put(kind, value, i, after - 1);
  lexing.put("RBRACE", "}", after - 1);
  return after;
}

export function above(lexing, i) {
  let after = lexing.unit(i + 1);
  const [first, last] = lexing.content(i + 1, after);
  const inner = lexing.raw.slice(first, last), values = inner.map(each => each.value);
  if (!inner.length) return after;
  if (["\\top", "\\intercal"].includes(values.at(-1)) || inner.at(-1).kind === "word" && values.at(-1) === "T") {
    if (values.length === 2 && values[0] === "-") { // the inverse, transposed
      const one = { SUP: "^", LBRACE: "{", SIGN: "-", NUMBER: "1", RBRACE: "}" };
      for (const [kind, value] of Object.entries(one)) lexing.put(kind, value, i, after - 1);
    }
    lexing.put("TOP", "\\top", i, after - 1);
    return after;
  }
  if (values.every(value => value === "\\prime")) {
    for (const _ of values) lexing.put("PRIME", "'", i, after - 1);
    return after;
  }
  if (values.length === 1 && words.MARKS.has(values[0])) {
    lexing.put("SUP", "^", i);
    return wrapped(lexing, "WORD", words.MARKS.get(values[0]), i + 1, after);
  }
  if (isEnclosed(lexing, first, last)) {
    lexing.put("LAYER", "^(", i);
    lexing.groups.push("{");
    after += lexing.inside(first + 1, last - 1);
    lexing.groups.pop();
    lexing.put("RBRACE", "}", after - 1);
    return after;
  }
  lexing.put("SUP", "^", i);
  return lexing.argument(i + 1);
}

const pairs = new Map([["(", ")"], ["[", "]"], ["<", ">"], ["\\langle", "\\rangle"]]);
const closings = new Set(pairs.values());

/** Whether one pair of brackets holds everything between two places. */
function isEnclosed(lexing, first, last) {
  if (pairs.get(lexing.at(first).value) !== lexing.at(last - 1).value) return false;
  let depth = 0;
  for (let place = first; place < last; place++) {
    const { value } = lexing.at(place);
    depth += pairs.has(value) - closings.has(value);
    if (!depth) return place === last - 1;
  }
  return false;
}

/** A group in braces has no meaning of its own but to hold together. */
export function braces(lexing, i) {
  const last = lexing.closing(i);
  if (last === i + 1) return i + 2;
  let depth = 0;
  for (let place = i + 1; place < last; place++) {
    depth += (lexing.at(place).value === "{") - (lexing.at(place).value === "}");
    if (!depth && lexing.at(place).command === "choose") return chosen(lexing, i, place, last);
  }
  return lexing.argument(i);
}

/** `{n \choose k}`. */
function chosen(lexing, i, middle, last) {
  lexing.put("BINOM", "choose", middle);
  let grown = 0;
  for (const [first, end] of [[i + 1, middle], [middle + 1, last]]) {
    lexing.put("LBRACE", "{", first + grown);
    lexing.groups.push("{");
    grown += lexing.inside(first + grown, end + grown);
    lexing.groups.pop();
    lexing.put("RBRACE", "}", end + grown);
  }
  return last + grown + 1;
}

export function binomial(lexing, i, raw) {
  lexing.put("BINOM", raw.value, i);
  return lexing.argument(lexing.argument(i + 1));
}

export function accent(lexing, i, mark) {
  let after = lexing.unit(i + 1);
  const [first, last] = lexing.content(i + 1, after), place = lexing.out.length;
  if (lexing.tex.slice(lexing.at(first).start, lexing.at(last - 1).end) === "\\mathbb{E}") {
    reduction(lexing, "mean", "E", after - 1); // over what was seen
    return after;
  }
  after += lexing.inside(first, last);
  const letter = lexing.out[place], alone = lexing.out.length === place + 1;
  if (letter?.type !== "LETTER" && letter?.type !== "WORD") throw new NotInGrammar("accent", lexing.at(i).start);
  if (!alone && !["SUB", "SUP", "LAYER"].includes(lexing.out[place + 1].type)) throw new NotInGrammar("accent over several", lexing.at(i).start);
  const end = alone ? lexing.at(after - 1).end : letter.end;
  lexing.out[place] = token(letter.type, `${letter.value}_${mark}`, lexing.at(i).start, end);
  return after;
}

export function fraction(lexing, i, raw) {
  const middle = lexing.unit(i + 1), end = lexing.unit(middle);
  const over = lexing.content(i + 1, middle), under = lexing.content(middle, end);
  if (isDifferential(lexing, over[0]) && isDifferential(lexing, ...under)) {
    let depth = 0;
    for (let place = under[0]; place < under[1]; place++) {
      const { value } = lexing.at(place);
      depth += (value === "{") - (value === "}");
      if (!depth && isDifferential(lexing, place, under[1])) lexing.differentials.add(place);
    }
    lexing.differentials.add(over[0]);
    lexing.put("DFRAC", raw.value, i);
  } else {
    lexing.put("FRAC", raw.value, i);
  }
  return lexing.argument(lexing.argument(i + 1));
}

/** Whether a `d` or a `\partial` stands here; end: with what it is taken along after it. */
function isDifferential(lexing, i, end = null) {
  const raw = lexing.at(i), after = lexing.at(i + 1);
  const upright = lexing.tex.slice(raw.start, raw.end).replaceAll(" ", "") === "\\mathrm{d}";
  if (raw.command !== "partial" && raw.value !== "d" && !upright) return false;
  if (!end) return after.value !== "_" || raw.command === "partial";
  const named = ["letter", "styled", "word", "text", "command"].includes(after.kind) || after.value === "{";
  return named && !words.OPERATORS.has(after.command) && !words.RELATIONS.has(after.command) && i + 1 < end;
}

export function root(lexing, i, raw) {
  if (lexing.at(i + 1).value !== "[") {
    lexing.put("SQRT", raw.value, i);
    return lexing.argument(i + 1);
  }
  const last = lexing.closing(i + 1);
  lexing.put("ROOT", raw.value, i);
  lexing.put("LBRACE", "{", i + 1);
  const grown = lexing.inside(i + 2, last);
  lexing.put("RBRACE", "}", last + grown);
  return lexing.argument(last + grown + 1);
}

/** `\underset{p}{f}` is f_{p}; over or under a relation it is a remark. */
export function stacked(lexing, i, raw) {
  const middle = lexing.unit(i + 1), [first, last] = lexing.content(middle, lexing.unit(middle));
  const place = lexing.out.length;
  const unit = lexing.unit(middle);
  const end = unit + lexing.inside(first, last);
  const under = raw.command === "underset" || raw.command === "underbrace", base = lexing.out[place];
  if (!base) throw new NotInGrammar("under nothing", raw.start, { command: raw.value });
  if (base.type === "REL") return end;
  if ((base.type === "WORD" || base.type === "OPERATOR") && words.REDUCTIONS.has(base.value)) base.type = "BIG";
  lexing.put(under ? "SUB" : "SUP", "_", i);
  const before = lexing.raw.length;
  lexing.argument(i + 1);
  return end + lexing.raw.length - before;
}

/** What has a brace above or below; the remark at the brace is dropped. */
export function braced(lexing, i) {
  const after = lexing.argument(i + 1);
  return ["_", "^"].includes(lexing.at(after).value) ? lexing.unit(after + 1) : after;
}

export function substack(lexing, i) {
  let after = lexing.unit(i + 1);
  lexing.groups.push("substack");
  after += lexing.inside(...lexing.content(i + 1, after));
  lexing.groups.pop();
  return after;
}
