// What `\text{…}` says: a condition, a function or a quantity's name; anything else is refused.

import { comma } from "./brackets.js";
import { NotInGrammar } from "./errors.js";
import { reduction, upright } from "./letters.js";
import { strip } from "./strings.js";
import { qualifier, word } from "./tex.js";
import { tables, words } from "./words.js";

export function text(lexing, i, raw) {
  const spaced = raw.value.replace(tables.spacing, " "), stripped = strip(spaced, " ,.;:");
  const said = stripped.toLowerCase(), name = word(spaced), known = qualifier(raw.value), bare = name.replaceAll("_", "");
  if (words.PROBLEMS.has(said)) {
    lexing.put("BIG", words.PROBLEMS.get(said), i);
    while (["quad", "qquad"].includes(lexing.at(i + 1).command) || lexing.at(i + 1).value === "&") i++;
  } else if (words.REDUCTIONS.has(bare) && lexing.at(i + 1).value === "_") {
    reduction(lexing, words.REDUCTIONS.get(bare), name, i);
  } else if (lexing.tex.startsWith("\\operatorname", raw.start)) {
    lexing.put("OPERATOR", name, i);
  } else if (known) {
    condition(lexing, i, known);
    const rest = word(stripped.slice(known.length));
    if (rest) {
      lexing.prose.add(raw.start);
      lexing.put("WORD", rest, i);
    }
  } else if (name) {
    if (spaced.replace(/ $/, "").includes(" ") && raw.kind === "text" || spaced.endsWith(" ")) lexing.prose.add(raw.start);
    upright(lexing, i, name);
  } else if (raw.value.includes(",")) {
    comma(lexing, i);
  }
  return i + 1;
}

const begin = new Set(["LETTER", "WORD", "NUMBER", "LBRACE", "FRAC", "BIG", "FUNCTION", "NABLA"]);

/** Words with a space are a quantity's name only where nothing is multiplied with them. */
export function refuseProse(lexing) {
  const { out } = lexing, { BREAKS, ENDS } = words;
  for (let i = 0; i < out.length; i++) {
    const [before, here, after] = [out[i - 1], out[i], out[i + 1]];
    if (here.type !== "WORD" || !lexing.prose.has(here.start)) continue;
    if (before?.type === "SEP" && !after) {
      out.pop(); // a remark behind the formula
      break;
    }
    const alone = (!before || BREAKS.has(before.type)) && (!after || BREAKS.has(after.type));
    const multiplied = before && ENDS.has(before.type) || after && begin.has(after.type);
    if (multiplied || alone && before?.type !== "QUALIFIER" && out.length > 1) {
      throw new NotInGrammar("prose", here.start, { words: here.value.replaceAll("_", " ") });
    }
  }
}

function condition(lexing, i, known) {
  const value = words.QUALIFIERS.get(known);
  if (value === "otherwise") {
    lexing.put("OTHERWISE", value, i);
    return;
  }
  if (lexing.out.at(-1)?.type === "QUALIFIER" && lexing.given) lexing.out.pop();
  else if (!lexing.groups.length && value !== "and") lexing.put("SEP", ",", i);
  lexing.put(value === "and" ? "SEP" : "QUALIFIER", value, i);
  if (value === "given" || known.startsWith("for ")) lexing.given = value;
}

export function forAll(lexing, i) {
  condition(lexing, i, "for all");
  return i + 1;
}
