// What opens and closes, and what separates: brackets, bars, environments, rows, commas.

import { NotInGrammar } from "./errors.js";
import { qualifier } from "./tex.js";
import { words } from "./words.js";

const sorts = { cases: "ROW", matrix: "ROW", substack: "COMMA", "": "NEWLINE" };

export function newline(lexing, i, raw) {
  const inner = lexing.group ?? "";
  const kind = Object.hasOwn(sorts, inner) ? sorts[inner] : null;
  if (kind === null) throw new NotInGrammar("row inside", raw.start, { bracket: inner });
  if (!inner) lexing.given = "";
  if (inner || !isUnfinished(lexing)) lexing.put(kind, "\\\\", i);
  return i + 1;
}

/** Whether a row ends with an operator, or with a sum's bounds: the next row goes on. */
function isUnfinished(lexing) {
  const { out } = lexing, end = out.length, opening = { RBRACE: 1, LBRACE: -1, LAYER: -1 };
  let place = end;
  while (place && out[place - 1].type === "RBRACE") {
    let depth = 1, start = place - 1;
    while (depth) depth += opening[out.at(--start).type] ?? 0;
    if (!["SUB", "SUP"].includes(out.at(start - 1).type)) break;
    place = start - 1;
  }
  const last = place ? out.at(place - 1).type : "";
  return last === "BIG" || place === end && ["SIGN", "OP", "ODOT", "REL"].includes(last);
}

export function edge(lexing, i, raw) {
  const [side, name] = raw.value.split(" ");
  const kind = side === "begin" ? environment(lexing, i, name) : "";
  if (side === "end") {
    if (["cases", "matrix"].includes(lexing.group) && !words.ROWS.has(name)) {
      lexing.put(`END_${lexing.groups.pop().toUpperCase()}`, name, i);
      if (name === "vmatrix") lexing.put("RPAR", ")", i);
    }
    return i + 1;
  }
  if (kind) {
    if (name === "vmatrix") {
      lexing.put("FUNCTION", "det", i);
      lexing.put("LPAR", "(", i);
    }
    lexing.put(`BEGIN_${kind.toUpperCase()}`, name, i);
    lexing.groups.push(kind);
  }
  i++;
  while (lexing.at(i).value === "[" && !kind) i = lexing.closing(i) + 1;
  return ["array", "alignat", "alignedat"].includes(name) ? lexing.unit(i) : i;
}

/** Cases or matrix; empty where the rows are formulas. */
function environment(lexing, i, name) {
  if (words.CASES.has(name) || i && lexing.at(i - 1).value === "\\{") return "cases";
  if (words.MATRICES.has(name) || name === "array" && lexing.groups.length) return "matrix";
  if (words.ROWS.has(name) || name === "array") return "";
  throw new NotInGrammar("outside", lexing.at(i).start, { seen: `\\begin{${name}}` });
}

export function comma(lexing, i) {
  const after = lexing.at(i + 1), isText = after.kind === "text" || after.kind === "word";
  if (!lexing.groups.length) {
    lexing.put("SEP", ",", i);
    if (lexing.given) lexing.put("QUALIFIER", lexing.given, i);
  } else if (lexing.group !== "cases") lexing.put("COMMA", ",", i);
  else if (isText && !qualifier(after.value)) lexing.put("SEP", ",", i);
  else if (!isText && after.kind !== "newline" && after.kind !== "edge" && after.value !== "&") lexing.put("SEP", ",", i);
}

/** A comma, or the dots of a range with the commas around them. */
export function separator(lexing, i) {
  const second = lexing.at(i + 1).kind === "number" && lexing.at(i + 2).value === "," ? i + 2 : i;
  if (words.DOTS.has(lexing.at(second + 1).command) && lexing.at(second + 2).value === ",") {
    lexing.put("RANGE", second > i ? lexing.at(i + 1).value : "", i, second + 2);
    return second + 3;
  }
  comma(lexing, i);
  return i + 1;
}

/** A full stop ends a sentence; it may stand nowhere else. */
export function stop(lexing, i, raw) {
  const after = lexing.at(i + 1), ends = ["end", "newline", "edge", "text"];
  if (!ends.includes(after.kind) && after.value !== "&" && after.value !== "," || lexing.group === "(") {
    throw new NotInGrammar("full stop", raw.start);
  }
  return i + 1;
}

export function column(lexing, i) {
  if (["cases", "matrix"].includes(lexing.group)) lexing.put("AMP", "&", i);
  return i + 1;
}

export function bracket(lexing, i, value) {
  if (words.OPENING.has(value)) {
    if (value === "\\{" && lexing.at(i + 1).kind === "edge") return i + 1; // a brace before rows: their environment is read as cases
    lexing.groups.push(value);
    lexing.put(words.OPENING.get(value), value, i);
  } else {
    if (!words.OPENING.has(lexing.group)) {
      if (lexing.out.at(-1)?.type === "END_CASES") return i + 1;
      throw new NotInGrammar("unopened", lexing.at(i).start, { bracket: value });
    }
    lexing.groups.pop();
    lexing.put(words.CLOSING.get(value), value, i);
  }
  return i + 1;
}

/** A bar opens, closes, or stands between an event and its condition. */
export function bar(lexing, i, raw) {
  let { side } = lexing, kind;
  lexing.side = "";
  if (words.SIDED.has(raw.value)) {
    const sided = words.SIDED.get(raw.value);
    [side, kind] = [sided[0], sided.slice(1)];
  } else {
    kind = words.BARS.get(raw.value) ?? "BAR";
  }
  if (raw.value === "||" && lexing.group === "BAR" && lexing.isOperandBefore) {
    lexing.groups.pop(); // |x||y|
    lexing.put("RBAR", "|", i);
    kind = "BAR";
  }
  const isOpen = lexing.group === kind;
  if (side === "R" || !side && isOpen && lexing.isOperandBefore) {
    if (!isOpen) throw new NotInGrammar("unopened", raw.start, { bracket: raw.value });
    lexing.groups.pop();
    lexing.put(`R${kind}`, raw.value, i);
  } else if (!side && lexing.isOperandBefore && !hasLaterBar(lexing, i, kind)) {
    lexing.put("COMMA", "|", i);
  } else {
    lexing.groups.push(kind);
    lexing.put(`L${kind}`, raw.value, i);
  }
}

function hasLaterBar(lexing, i, kind) {
  let depth = 0;
  for (let place = i + 1; place < lexing.raw.length; place++) {
    const raw = lexing.raw[place];
    depth += words.OPEN.has(raw.value) - words.CLOSE.has(raw.value);
    if (depth < 0 || raw.kind === "newline") return false;
    if (!depth && (words.BARS.get(raw.value) === kind || raw.command === "mid" && kind === "BAR")) return true;
  }
  return false;
}
