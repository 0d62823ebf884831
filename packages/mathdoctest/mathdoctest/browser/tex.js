// The raw tokens of TeX, and what they say: a command's name, a word, a condition.

import { rstrip, strip } from "./strings.js";
import { tables, words } from "./words.js";

const said = { text: "said", word: "upright", styled: "one" };

/** A token as TeX has it. value: what it says, without its command's braces. */
export class Raw {
  constructor(kind, value, start, end) {
    this.kind = kind;
    this.value = value;
    this.start = start;
    this.end = end;
  }
  get command() {
    return this.kind === "command" ? rstrip(this.value.slice(1), "*") : "";
  }
}

/** The tokens of TeX, or of a part of it, without spaces and comments. */
export function rawTokens(tex, first = 0, last = tex.length) {
  const out = [], pattern = new RegExp(tables.raw, "gsu"), text = tex.slice(0, last);
  pattern.lastIndex = first;
  for (let match; (match = pattern.exec(text));) {
    let kind = Object.keys(match.groups).find(name => match.groups[name] !== undefined), value = match[0];
    const groups = match.groups, start = match.index, end = start + value.length;
    if (kind === "skip") continue;
    if (kind === "text_with_maths") {
      out.push(...mixed(tex, end - 1 - groups.mixed.length, groups.mixed));
      continue;
    }
    if (kind === "edge") value = `${groups.side} ${groups.environment}`;
    else if (kind in said) value = groups[said[kind]];
    else if (kind === "plain") kind = "text";
    else if (kind === "ellipsis") [kind, value] = ["command", "\\dots"];
    else if (kind === "joined") [kind, value] = ["word", groups.roman || value];
    out.push(new Raw(kind, value, start, end));
  }
  return out;
}

/** The tokens of `if $y = 1$`, words with maths between them. */
function mixed(tex, start, text) {
  const out = [];
  let at = start;
  text.split("$").forEach((part, place) => {
    const end = at + part.length;
    if (place % 2) out.push(...rawTokens(tex, at, end));
    else if (part.split(tables.spaces).some(each => each)) out.push(new Raw("text", part, at, end));
    at = end + 1;
  });
  return out;
}

/** `\beta` → beta, `\lambda` → lambda_ (`lambda` is a keyword of Python), `x` → x. */
export const nameOf = command => command.replace(/^\\/, "") + (command === "\\lambda" ? "_" : "");

/** What is said in `\text{}` as a name: `fan\_in` → fan_in, `in place` → in_place. */
export const word = text => strip(strip(text.replaceAll("\\", ""), " .,;:-~").replace(/[^\p{L}\p{N}_]+/gu, "_"), "_");

/** The word that a text begins with and that makes it a condition: `if`, `for all`, `where`. */
export function qualifier(text) {
  const spoken = strip(text.replace(tables.spacing, " "), " ,.;:").toLowerCase();
  const found = [...words.QUALIFIERS.keys()].filter(q => spoken === q || spoken.startsWith(`${q} `));
  return found.sort((a, b) => b.length - a.length)[0] ?? "";
}
