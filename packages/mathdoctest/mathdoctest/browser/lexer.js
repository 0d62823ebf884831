// From LaTeX to the tokens of the grammar.

import { above, accent, below, binomial, braced, braces, fraction, root, stacked, substack } from "./arguments.js";
import { bar, bracket, column, edge, newline, separator, stop } from "./brackets.js";
import { NotInGrammar, isTooDeep } from "./errors.js";
import { difference, letter, number, reduction, sideBySide, styled } from "./letters.js";
import { Lexing } from "./lexing.js";
import { nothing } from "./notation.js";
import { beginning, length, rstrip, trimmed } from "./strings.js";
import { nameOf } from "./tex.js";
import { forAll, refuseProse, text } from "./texts.js";
import { tables, words } from "./words.js";

/** The tokens of a formula, each with its place in the TeX. Throws NotInGrammar. */
export function tokens(tex, vocabulary = nothing) {
  const { longest } = tables.limits;
  if (tex.length > longest && (tex.length > 2 * longest || length(tex) > longest)) throw new NotInGrammar("long", 0, { limit: longest });
  const lexing = new Lexing(tex, vocabulary, one);
  try {
    lexing.emit(0, lexing.raw.length);
  } catch (error) {
    if (!isTooDeep(error)) throw error;
    throw new NotInGrammar("deep", 0);
  }
  refuseProse(lexing);
  return withoutIdle(lexing.out);
}

const called = { SUB: "_", SUP: "^", LAYER: "^(", LPAR: "(", RPAR: ")", COMMA: "," };

/** A text that is the same for all ways to write one symbol: `\mathbf{W}_{xh}` → W_xh. */
export function canonical(tex) {
  const kept = tokens(tex).filter(each => each.type !== "LBRACE" && each.type !== "RBRACE");
  return kept.map(each => called[each.type] ?? (rstrip(each.value, "_") || each.value)).join("");
}

/** One separator where there are several; none at the ends of a row or of the formula. */
function withoutIdle(found) {
  const out = [], breaks = ["SEP", "NEWLINE"];
  for (const token of found) {
    const isBreak = breaks.includes(token.type);
    if (isBreak && (!out.length || ["NEWLINE", "QUALIFIER"].includes(out.at(-1).type))) continue;
    if (isBreak && out.at(-1).type === "SEP") out.pop();
    out.push(token);
  }
  while (out.length && breaks.includes(out.at(-1).type)) out.pop();
  return out;
}

/** Emit what begins at a place; the place after it. */
function one(lexing, i) {
  const raw = lexing.at(i);
  if (lexing.differentials.has(i)) {
    lexing.put("DIFF", raw.value, i);
    return i + 1;
  }
  return raw.kind === "command" || raw.kind === "mark" ? command(lexing, i, raw) : kinds.get(raw.kind)(lexing, i, raw);
}

function command(lexing, i, raw) {
  const { value, command: name } = raw, either = name || value;
  if (name === "partial") lexing.put("DIFF", value, i);
  else if (marks.has(value)) return marks.get(value)(lexing, i, raw);
  else if (commands.has(name)) return commands.get(name)(lexing, i, raw);
  else if (words.DOTS.has(name)) return named("DOTS", "dots")(lexing, i);
  else if (words.RELATIONS.has(either)) lexing.put("REL", words.RELATIONS.get(either), i);
  else if (name === "odot" || name === "circ" || name === "bigodot") lexing.put("ODOT", value, i);
  else if (words.OPERATORS.has(either)) lexing.put("OP", words.OPERATORS.get(either), i);
  else if (words.GREEK.has(name)) letter(lexing, i, nameOf(value));
  else if (words.REDUCTIONS.has(name)) reduction(lexing, words.REDUCTIONS.get(name), words.REDUCTIONS.get(name), i);
  else if (words.FUNCTIONS.has(name)) lexing.put("FUNCTION", words.FUNCTIONS.get(name), i);
  else if (words.ACCENTS.has(name)) return accent(lexing, i, words.ACCENTS.get(name));
  else if (words.IGNORED.has(name)) return ignored(lexing, i, name);
  else if (words.IGNORED_WITH_ARGUMENT.has(name)) {
    if (name === "hspace" && !lexing.groups.length) lexing.put("SEP", ",", i);
    return lexing.unit(i + 1);
  } else if (words.BARS.has(value) || words.SIDED.has(value) || name === "mid") bar(lexing, i, raw);
  else if (words.OPENING.has(value) || words.CLOSING.has(value)) return bracket(lexing, i, value);
  else {
    const here = beginning(lexing.tex.slice(raw.start).split("\n", 1)[0], 24);
    throw new NotInGrammar("outside", raw.start, { seen: trimmed(here) });
  }
  return i + 1;
}

const sides = { left: "L", right: "R", l: "L", r: "R" };
const angles = { "<": "\\langle", ">": "\\rangle" };

function ignored(lexing, i, name) {
  const after = lexing.at(i + 1), isSide = name === "left" || name === "right";
  if (name === "quad" || name === "qquad") {
    const continues = ["+", "-", "="].includes(after.value) || after.kind === "edge";
    if (!lexing.groups.length && !continues) {
      lexing.given = lexing.given === "given" ? "given" : "";
      lexing.put("SEP", ",", i);
    }
  } else if (isSide && after.value === ".") {
    return i + 2;
  } else if (isSide && Object.hasOwn(angles, after.value)) {
    return bracket(lexing, i + 1, angles[after.value]);
  } else if (words.BARS.has(after.value) || after.command === "mid") {
    lexing.side = sides[name] ?? (/^b/i.test(name) ? sides[name.at(-1)] ?? "" : "");
  }
  return i + 1;
}

function prime(lexing, i) {
  lexing.put("PRIME", "'", i);
  return i + 1;
}

function sign(lexing, i, raw) {
  lexing.put("SIGN", raw.value, i);
  return i + 1;
}

function factorial(lexing, i) {
  lexing.put("FACTORIAL", "!", i);
  return i + 1;
}

function unopened(lexing, i, raw) {
  throw new NotInGrammar("unopened", raw.start, { bracket: "}" });
}

/** `\arg\max_i`. */
function argumentsOfExtreme(lexing, i, raw) {
  const name = `arg${lexing.at(i + 1).command}`;
  if (!words.REDUCTIONS.has(name)) throw new NotInGrammar("arg", raw.start);
  reduction(lexing, name, name, i + 1);
  return i + 2;
}

const opposites = { "=": "!=", "\\in": "notin" };

function negated(lexing, i, raw) {
  const { value } = lexing.at(i + 1);
  if (!Object.hasOwn(opposites, value)) throw new NotInGrammar("not", raw.start);
  lexing.put("REL", opposites[value], i, i + 1);
  return i + 2;
}

const named = (kind, value) => (lexing, i) => {
  lexing.put(kind, value, i);
  return i + 1;
};

const kinds = new Map(Object.entries({ text, word: text, styled, number, letter: sideBySide, newline, edge }));
const marks = new Map(Object.entries({
  "_": below, "@": below, "^": above, "{": braces, "}": unopened, "'": prime, ",": separator, ";": separator,
  ".": stop, "&": column, "!": factorial, "+": sign, "-": sign,
}));
const commands = new Map(Object.entries({
  frac: fraction, dfrac: fraction, tfrac: fraction, cfrac: fraction, binom: binomial, dbinom: binomial, tbinom: binomial,
  sqrt: root, Delta: difference, substack, arg: argumentsOfExtreme, not: negated, underbrace: braced, overbrace: braced,
  boxed: braced, underset: stacked, overset: stacked, stackrel: stacked, nabla: named("NABLA", "nabla"),
  infty: named("INFINITY", "inf"), forall: forAll, prime,
}));
/** What the lexer has a function of its own for. */
export const ownFunctions = { kinds: [...kinds.keys()], marks: [...marks.keys()], commands: [...commands.keys()] };
