// One formula while its tokens are made: what is seen around a place, and how a token is put.

import { NotInGrammar, TooDeep } from "./errors.js";
import { Raw, rawTokens } from "./tex.js";
import { tables, words } from "./words.js";

/** A token of the grammar, and its place in the TeX. */
export const token = (type, value, start, end) => ({ type, value, start, end });
const pairs = { "{": "}", "(": ")", "[": "]", "<": ">", "\\langle": "\\rangle" };

/** One formula while its tokens are made. one: emits what begins at a place, and says the place after it. */
export class Lexing {
  constructor(tex, vocabulary, one) {
    this.tex = tex;
    this.vocabulary = vocabulary;
    this.one = one;
    this.raw = rawTokens(tex);
    this.out = [];
    this.groups = []; // what is open: `(`, `{`, cases, BAR, …
    this.depth = 0; // of the arguments around this place
    this.differentials = new Set(); // places of the `d` of `dx`
    this.side = ""; // of the bar that follows: L after \left, R after \right
    this.belowDepth = 0; // subscripts around this place
    this.said = new Set(); // runs of plain letters that a left side has made a name
    this.prose = new Set(); // where words begin that may be no name
    this.given = ""; // the qualifier that holds for what follows a comma too
  }

  // ---- looking around

  at(i) {
    return this.raw.at(i) && i < this.raw.length ? this.raw.at(i) : new Raw("end", "", this.tex.length, this.tex.length);
  }
  get group() {
    return this.groups.at(-1);
  }
  /** A token that reaches from one raw token to another. */
  put(kind, value, first, last = first) {
    this.out.push(token(kind, value, this.at(first).start, this.at(last).end));
  }
  /** The place of what closes the bracket at a place. */
  closing(i) {
    const opened = this.at(i).value, closed = pairs[opened];
    let depth = 0;
    for (let place = i; place < this.raw.length; place++) {
      const { value } = this.raw[place];
      depth += (value === opened) - (value === closed);
      if (!depth) return place;
    }
    throw new NotInGrammar("unclosed", this.at(i).start, { bracket: opened });
  }
  /** The place after one argument of a command: a group, or a token with its own arguments. */
  unit(i, depth = 0) {
    const raw = this.at(i);
    if (depth > tables.limits.arguments) throw new TooDeep();
    if (raw.kind === "end" || ["}", "&", "_", "^"].includes(raw.value)) throw new NotInGrammar("argument", raw.start);
    if (raw.value === "{") return this.closing(i) + 1;
    if (["frac", "dfrac", "tfrac", "cfrac"].includes(raw.command)) return this.unit(this.unit(i + 1, depth + 1), depth + 1);
    if (words.ACCENTS.has(raw.command) || words.IGNORED.has(raw.command) || raw.command === "sqrt") return this.unit(i + 1, depth + 1);
    if (raw.kind === "number" && /^[0-9][^eE]/.test(raw.value)) { // x_12 is x_1 2; .5 and 1e5 stay whole
      const cut = raw.start + 1;
      this.raw.splice(i, 1, new Raw(raw.kind, raw.value[0], raw.start, cut), new Raw(raw.kind, raw.value.slice(1), cut, raw.end));
    }
    return i + 1;
  }
  /** Where the content of an argument is, without its braces. */
  content(i, after) {
    return this.at(i).value === "{" ? [i + 1, after - 1] : [i, after];
  }
  get isOperandBefore() {
    return this.out.length > 0 && words.ENDS.has(this.out.at(-1).type);
  }
  /** The place of what follows the sizes and styles at a place. */
  sized(i) {
    while (words.IGNORED.has(this.at(i).command)) i++;
    return i;
  }

  // ---- one token after the other

  emit(i, end) {
    if (this.depth > tables.limits.arguments) throw new TooDeep();
    this.depth++;
    let before = this.raw.length;
    while (i < end) {
      i = this.one(this, i);
      end += this.raw.length - before;
      before = this.raw.length;
    }
    this.depth--;
  }
  /** Emit one argument in braces; the place after it. */
  argument(i) {
    let after = this.unit(i);
    const [first, last] = this.content(i, after);
    this.put("LBRACE", "{", i);
    this.groups.push("{");
    after += this.inside(first, last);
    this.groups.pop();
    this.put("RBRACE", "}", after - 1);
    return after;
  }
  /** Emit the content of an argument; by how much the raw tokens have grown. */
  inside(first, last) {
    const before = this.raw.length;
    this.emit(first, last);
    return this.raw.length - before;
  }
}
