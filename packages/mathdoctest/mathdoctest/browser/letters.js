// Letters and words: which are a name together, which a function, which a product.

import { NotInGrammar } from "./errors.js";
import { isUpper, length } from "./strings.js";
import { nameOf } from "./tex.js";
import { words } from "./words.js";

/** A word in upright letters: a function's, a quantity's, or one letter's. */
export function upright(lexing, i, name) {
  if (length(name) === 1) letter(lexing, i, name);
  else if (words.FUNCTIONS.has(name) && !lexing.vocabulary.names.has(name)) lexing.put("FUNCTION", words.FUNCTIONS.get(name), i);
  else lexing.put("WORD", name, i);
}

export function styled(lexing, i, raw) {
  const double = lexing.tex.startsWith("\\mathbb", raw.start);
  const after = lexing.at(lexing.sized(i + 1)).value;
  if (raw.value === "1" || raw.value === "I" && double) {
    lexing.put(double || ["[", "(", "\\{"].includes(after) ? "INDICATOR" : "BOLD", raw.value, i);
  } else if (double && "ERZNQC".includes(raw.value)) {
    if (raw.value !== "E") lexing.put("NUMBERS", raw.value, i);
    else reduction(lexing, "mean", "E", i);
  } else if ("eI".includes(raw.value) && after === "_" && !isName(lexing, raw.value)) {
    lexing.put("BOLD", raw.value, i);
  } else {
    letter(lexing, i, nameOf(raw.value));
  }
  return i + 1;
}

/** Whether a name in code is this letter, perhaps with something below: `e_h`. */
const isName = (lexing, one) => [...lexing.vocabulary.names].some(name => name === one || name.startsWith(`${one}_`));

/** A sum and the like over what stands below it; alone, a function. */
export function reduction(lexing, how, name, i) {
  let below = i + 1;
  while (["limits", "nolimits"].includes(lexing.at(below).command)) below++;
  const runs = how === "sum" || how === "prod";
  if (lexing.at(below).value === "{" && runs) throw new NotInGrammar("below", lexing.at(below).start, { how });
  if (lexing.at(below).value === "_" || runs) lexing.put("BIG", how, i);
  else lexing.put("FUNCTION", name, i);
}

export function number(lexing, i, raw) {
  lexing.put("NUMBER", raw.value, i);
  return i + 1;
}

/** Plain letters without a space between them. */
export function sideBySide(lexing, i, raw) {
  let end = i + 1;
  if (!i || lexing.at(i - 1).kind !== "letter" || lexing.at(i - 1).end !== raw.start) {
    while (lexing.at(end).kind === "letter" && lexing.at(end).start === lexing.at(end - 1).end) end++;
  }
  const run = lexing.tex.slice(raw.start, lexing.at(end - 1).end);
  const opens = lexing.at(lexing.sized(end)).value;
  if (end === i + 1) letter(lexing, i, raw.value);
  else if (lexing.vocabulary.names.has(run) || lexing.vocabulary.functions.has(run)) lexing.put("WORD", run, i, end - 1);
  else if (words.BARE.has(run) && (opens === "(" || opens === "[")) lexing.put("OPERATOR", words.BARE.get(run), i, end - 1);
  else if (words.STATISTICS.has(run) && opens === "[") lexing.put("OPERATOR", run, i, end - 1);
  else if (isWord(lexing, i, end, run)) lexing.put("WORD", run, i, end - 1);
  else {
    letter(lexing, i, raw.value);
    return i + 1;
  }
  return end;
}

/** Whether plain letters side by side are one name, not a product or several indices. */
function isWord(lexing, i, end, run) {
  const { names } = lexing.vocabulary, touches = [...run].some(each => names.has(each));
  if ([...run].every(each => names.has(each))) return false;
  if (lexing.belowDepth) {
    const spoken = run.length > 3 && !areIndices(run);
    const beside = run === "in" && lexing.tex.includes("out"); // H_{in} beside H_{out}
    return words.LABELS.has(run) || isUpper(run) || spoken || beside;
  }
  if (words.FORGOTTEN.has(run)) throw new NotInGrammar("command", lexing.at(i).start, { name: run });
  const begins = !lexing.groups.length && (!lexing.out.length || words.BREAKS.has(lexing.out.at(-1).type));
  let after = lexing.sized(end), isLeft = run.length > 2;
  if (begins && lexing.at(after).value === "(") {
    after = lexing.closing(after) + 1;
    isLeft = run.length > 1;
  } else if (begins && lexing.at(after).value === "_" && lexing.at(after + 1).value === "{") {
    after = lexing.closing(after + 1) + 1;
    isLeft = !touches;
  }
  while (lexing.at(after).value === "&") after++;
  const afterIt = lexing.at(after).command || lexing.at(after).value;
  if (begins && isLeft && ["=", "<-"].includes(words.RELATIONS.get(afterIt))) lexing.said.add(run);
  const isKnown = lexing.said.has(run) || words.GREEK.has(run) && run.length > 2;
  if (isKnown || run.length > 3 || run.length === 3 && isUpper(run)) return true;
  if (isUpper(run) && lexing.at(end).value === "_" && !touches) {
    throw new NotInGrammar("word or product", lexing.at(i).start, { run, letters: [...run].join(" ") });
  }
  return hasArguments(lexing, end);
}

/** Whether brackets with a comma in them follow, which no product has. */
function hasArguments(lexing, i) {
  if (lexing.at(i).value !== "(" || lexing.at(i).start !== lexing.at(i - 1).end) return false;
  let depth = 0;
  for (const raw of lexing.raw.slice(i, lexing.closing(i))) {
    depth += words.OPEN.has(raw.value) - words.CLOSE.has(raw.value);
    if (depth === 1 && (raw.value === "," || raw.value === ";")) return true;
  }
  return false;
}

export function letter(lexing, i, name) {
  const unknown = !lexing.vocabulary.names.has(name);
  if (name === "E" && unknown && lexing.at(lexing.sized(i + 1)).value === "[") lexing.put("OPERATOR", "E", i);
  else lexing.put("LETTER", name, i);
}

/** `\Delta w` is one symbol. */
export function difference(lexing, i) {
  const after = lexing.at(i + 1);
  const isSymbol = after.kind === "letter" || after.kind === "styled" || words.GREEK.has(after.command);
  if (lexing.vocabulary.names.has("Delta") || !isSymbol) {
    lexing.put("LETTER", "Delta", i);
    return i + 1;
  }
  lexing.put("LETTER", `Delta_${nameOf(after.value)}`, i, i + 1);
  return i + 2;
}

/** `krmn`, `ijkl` and `abcd` are four indices; what can be spoken is a word. */
function areIndices(run) {
  const inOrder = [...run].every((each, n) => !n || each.charCodeAt(0) === run.charCodeAt(n - 1) + 1);
  return inOrder || new Set(run).size === run.length && !/[aeouy]/i.test(run);
}
