// From LaTeX to nodes: the tokens of lexer.js by the tables of the grammar.

import { NotInGrammar, isTooDeep } from "./errors.js";
import { Factors, takenAlong } from "./factors.js";
import { tokens } from "./lexer.js";
import { applied, capitals, defined, nothing, ordered, squares, vocabularyOf } from "./notation.js";
import { Unexpected, built, steps } from "./parsing.js";
import { otherCase } from "./resolve.js";
import { Pending, Scripts, collected, isPending, reduced } from "./scripts.js";
import { beginning, trimmed } from "./strings.js";
import { isA, make } from "./syntax.js";
import { tables, words } from "./words.js";

/** The chains of a formula. vocabulary: what its names are. Throws NotInGrammar. */
export const statements = (tex, vocabulary = nothing) => readFrom(tex, "start", vocabulary);
/** An expression alone, as in inline maths. Throws NotInGrammar. */
export const expression = (tex, vocabulary = nothing) => readFrom(tex, "expr", vocabulary);

/** What a formula is read as, or why it is refused: `{tree}` or `{code, at, parts}`. known: see `vocabulary` in __init__.py. */
export function read(tex, start = "start", known = {}) {
  try {
    return { tree: readFrom(tex, start, vocabularyOf(known)) };
  } catch (error) {
    if (!(error instanceof NotInGrammar)) throw error;
    return { code: error.code, at: error.at, parts: error.parts };
  }
}

/** JSON of what was read; a number without end is "inf". */
export const asJson = value => JSON.stringify(value, (_, part) => part === Infinity ? "inf" : part);

/** What Python wrote as JSON, a tree or more of them. */
export const fromJson = text => JSON.parse(text, (key, part) => part === "inf" && (key === "value" || key === "order") ? Infinity : part);

function readFrom(tex, start, vocabulary) {
  const made = tokens(tex, vocabulary), { names, arrays } = vocabulary;
  const used = new Set(defined(made));
  for (const name of applied(made)) {
    const other = otherCase(name);
    if (!arrays.has(other) || !names.has(other)) used.add(name);
  }
  const functions = new Set(vocabulary.functions);
  for (const name of used) if (!names.has(name)) functions.add(name);
  const spellings = ordered([...vocabulary.spellings, ...squares(made, names)]);
  const known = { ...vocabulary, functions, spellings };
  try {
    const found = steps(made, start);
    const alone = new Set([...capitals(made)].filter(name => !names.has(name)));
    return built(found, new Reader(tex, known, alone));
  } catch (error) {
    if (isTooDeep(error)) throw new NotInGrammar("deep", 0);
    if (!(error instanceof Unexpected)) throw error;
    const at = error.token ? error.token.start : tex.length;
    const seen = trimmed(beginning(tex.slice(at), 24)).split("\n", 1)[0];
    throw seen ? new NotInGrammar("outside", at, { seen }) : new NotInGrammar("early", at);
  }
}

const makesSymbol = token => make("Symbol", { name: token.value }, [token.start, token.end]);
const isText = token => token.value;
/** A row of aligned that goes on with the chain before it. */
class Continuation {
  constructor(sides, relations) {
    this.sides = sides;
    this.relations = relations;
  }
}

/** One method for each rule and token of the grammar. */
class Reader {
  constructor(tex, vocabulary, alone) {
    this.tex = tex;
    this.scripts = new Scripts(tex, vocabulary, alone);
    this.factors = new Factors(tex, vocabulary, this.scripts);
  }

  // ---- tokens

  NUMBER(token) {
    return make("Number", { value: Number(token.value) }, [token.start, token.end]);
  }
  SIGN(token) {
    return token.value === "-" ? -1 : 1;
  }

  // ---- chains

  start(span, ...lines) {
    const out = [];
    for (const part of lines.flat()) {
      if (isA(part, "Statement") && !isAbout(part, out)) {
        out.push(part);
      } else if (!out.length) {
        throw new NotInGrammar("no left side", part instanceof Continuation ? part.sides[0].span[0] : span[0]);
      } else {
        out.push(withPart(out.pop(), part));
      }
    }
    return out;
  }
  line(span, ...clauses) {
    return clauses;
  }
  /** A chain; after a qualifier, a condition of the chain before it. */
  clause(span, ...parts) {
    const [sides, relations] = parts.at(-1), qualifier = parts.length > 1 ? parts[0] : null;
    const assigns = relations.length === 1 && (relations[0] === "=" || relations[0] === "<-");
    if (qualifier !== null && !(qualifier === "where" && assigns)) return make("Condition", { sides, relations }, span);
    return statement(sides, relations);
  }
  continuation(span, ...parts) {
    return new Continuation(parts.filter((_, n) => n % 2), parts.filter((_, n) => n % 2 === 0));
  }
  run(span, ...parts) {
    const [[sides, relations], second, last] = parts.slice(-3);
    if (relations.length !== 1 || relations[0] !== "=" || !isA(sides[0], "Symbol")) throw new NotInGrammar("range", span[0]);
    checkStep(sides[1], second, span);
    return { kind: "ForAll", letter: sides[0].name, first: sides[1], last };
  }
  chain(span, ...parts) {
    const sides = parts.filter((_, n) => n % 2 === 0), relations = parts.filter((_, n) => n % 2), end = sides.length - 1;
    const startsWith = text => this.tex.startsWith(text, sides[end].span[0]);
    const isSet = relations.at(-1) === "in", inBrackets = startsWith("["), inBraces = startsWith("\\{") || startsWith("\\lbrace");
    if (isSet && inBrackets && !isA(sides[end], "Listing")) {
      const { span: place } = sides[end], first = make("Number", { value: 1 });
      sides[end] = make("Listing", { bracket: "{", items: [make("Interval", { first, last: sides[end] }, place)] }, place); // i \in [n]
    } else if (isSet && inBraces && !isA(sides[end], "Listing")) {
      sides[end] = make("Listing", { bracket: "{", items: [sides[end]] }, sides[end].span); // x \in \{0\}
    }
    return [sides, relations];
  }

  // ---- sums and products

  /** Terms with a sign between them, and perhaps one before the first. */
  expr(span, ...parts) {
    if (typeof parts[0] !== "number") parts.unshift(1);
    const terms = [];
    for (let n = 0; n < parts.length; n += 2) terms.push({ sign: parts[n], node: parts[n + 1] });
    return terms.length > 1 || parts[0] < 0 ? make("Sum", { terms }, span) : terms[0].node;
  }
  product(span, ...factors) {
    return this.factors.product(span, ...factors);
  }
  hadamard(span, ...parts) {
    const factors = parts.slice(0, -2), right = parts.at(-1);
    const left = this.factors.product([span[0], factors.at(-1).span[1]], ...factors);
    return make("Hadamard", { left, right }, span);
  }
  times_big(span, ...parts) {
    return this.factors.product(span, ...parts);
  }
  big(span, how, ...parts) {
    const found = collected(parts.slice(0, -1), span), below = found.get("index") ?? [], above = found.get("power") ?? [];
    found.delete("index");
    found.delete("power");
    if (found.size || above.length > 1) throw new NotInGrammar("no bound", span[0], { how });
    return reduced(how, below, above[0] ?? null, parts.at(-1), span);
  }

  // ---- a factor with its scripts

  scripted(span, base, ...scripts) {
    if (isPending(base)) return new Pending(base.kind, span, { ...base, scripts });
    if (isA(base, "Symbol") && !base.indices.length && base.layer === null) return this.scripts.symbol(span, base, scripts);
    const found = collected(scripts, span), index = found.get("index") ?? [];
    if (base.bold) {
      found.delete("index");
      if (index.length !== 1 || base.bold === "Unit" && !isA(index[0], "Symbol")) throw new NotInGrammar("bold index", span[0]);
      base = make(base.bold, { [Object.keys(tables.nodes.get(base.bold))[0]]: index[0] }, span);
    } else if (isA(base, "Norm") && index.length === 1 && isA(index[0], "Number", "Symbol")) {
      found.delete("index");
      base = { ...base, order: isA(index[0], "Number") ? index[0].value : index[0].name, order_is_given: true, span };
    }
    return this.scripts.raised(base, found, span);
  }
  sub(span, items) {
    return ["index", items.flatMap(item => this.scripts.sideBySide(item)), span[1]];
  }
  power(span, items) {
    return ["power", items, span[1]];
  }
  layer(span, items) {
    if (items.length !== 1) throw new NotInGrammar("layer", span[0]);
    return ["layer", items[0], span[1]];
  }
  top(span) {
    return ["transpose", null, span[1]];
  }
  factorial(span) {
    return ["factorial", null, span[1]];
  }
  prime(span) {
    return ["prime", 1, span[1]];
  }
  arguments(span, ...items) {
    return items;
  }
  argument(span, [sides, relations], second, last) {
    if (last !== undefined) {
      const first = sides.at(-1), letter = relations.length === 1 && relations[0] === "=" ? sides[0] : null;
      checkStep(first, second, span);
      return make("Interval", { first, last, letter }, span);
    }
    return relations.length ? make("Condition", { sides, relations }, span) : sides[0];
  }

  // ---- bases

  frac(span, top, bottom) {
    return make("Quotient", { top, bottom }, span);
  }
  absolute(span, operand) {
    return make("Absolute", { operand }, span);
  }
  sqrt(span, operand) {
    return make("Root", { operand }, span);
  }
  norm(span, operand) {
    return make("Norm", { operand }, span);
  }
  cases(span, ...rows) {
    return make("Cases", { rows }, span);
  }
  matrix(span, ...rows) {
    return make("Matrix", { rows }, span);
  }
  root(span, order, operand) {
    return make("Root", { operand, order }, span);
  }
  infinity(span) {
    return make("Number", { value: Infinity }, span);
  }
  dots(span) {
    return make("Dots", {}, span);
  }
  name(span, symbol) {
    return symbol;
  }
  word(span, symbol) {
    return { ...symbol, upright: true, span };
  }
  function(span, symbol) {
    return new Pending("function", span, { name: symbol.name });
  }
  bold(span, symbol) {
    return { bold: words.BOLD.get(symbol.name) };
  }
  numbers(span, symbol) {
    return make("NumberSet", { name: symbol.name }, span);
  }
  nabla(span) {
    return new Pending("nabla", span);
  }
  diff(span) {
    return new Pending("diff", span);
  }
  indicator(span) {
    return new Pending("indicator", span);
  }
  group(span, opening, items, closing) {
    let bracket = { "\\{": "{", "\\lbrace": "{", "\\lbrack": "[" }[opening] ?? opening;
    const last = closing === "\\rbrack" ? "]" : closing;
    if (bracket + last === "(]" || bracket + last === "[)") {
      if (items.length !== 2) throw new NotInGrammar("closed by", span[0], { bracket, last });
      bracket += last;
    }
    return new Pending("group", span, { items, bracket, inner: span });
  }
  braces(span, node) {
    return { ...node, span };
  }
  above(span, symbol, ...parts) {
    const scripts = parts.filter(part => Array.isArray(part)), factors = parts.filter(part => !Array.isArray(part));
    const power = collected(scripts, span).get("power"), order = power ? orderOf(power[0], span) : 1;
    if (!factors.length) return [order, null];
    const reached = reach(factors.filter(part => typeof part !== "string"));
    return [order, this.factors.product(reached, this.factors.argumentOfNabla(factors), ...factors)]; // the f of `\frac{\partial f(x)}{…}` is a function
  }
  below(span, symbol, item) {
    const node = this.factors.factor([item]);
    if (isA(node, "Power") && isA(node.exponent, "Number")) return Array(Math.max(orderOf(node.exponent, span), 0)).fill(node.base);
    return [node];
  }
  derivative(span, [order, top], ...below) {
    const along = takenAlong(below.flat(), span);
    if (along.length !== order) throw new NotInGrammar("order", span[0], { order, below: along.length });
    if (top === null) return new Pending("operator", span, { bottoms: along });
    return make("Derivative", { top, bottoms: along }, span);
  }
  case(span, value, ...parts) {
    const chains = parts.filter(part => Array.isArray(part));
    if (!chains.length) return { value, condition: null };
    const every = chains.map(([sides, relations]) => make("Condition", { sides, relations }, reach(sides)));
    if (every.length === 1) return { value, condition: every[0] };
    return { value, condition: make("Condition", { sides: every, relations: Array(every.length - 1).fill("and") }) };
  }
  row(span, ...entries) {
    return entries;
  }
}
for (const kind of ["LETTER", "WORD", "FUNCTION", "OPERATOR", "BOLD", "NUMBERS", "NABLA", "DIFF", "INDICATOR", "DOTS"]) Reader.prototype[kind] = makesSymbol;
for (const kind of ["REL", "QUALIFIER", "OP", "BIG", "LPAR", "LSQB", "LSET", "RANGE"]) Reader.prototype[kind] = isText;
/** A rule that is a function in other clothes: floor, ceil, inner, binom. */
for (const name of ["floor", "ceil", "inner", "binom"]) {
  Reader.prototype[name] = (span, ...given) => make("Call", { function: name, arguments: Array.isArray(given[0]) ? given[0] : given }, span);
}

/** How often a derivative is taken; 0 where that is no number. */
function orderOf(power, span) {
  const { order: limit } = tables.limits;
  if (!isA(power, "Number")) return 0;
  if (power.value > limit) throw new NotInGrammar("high order", span[0], { limit });
  return Math.trunc(power.value);
}

// ---- rows and conditions

const statement = (sides, relations, where = null, conditions = []) => ({ kind: "Statement", sides, relations, where, conditions });

/** Whether a chain says for what the chain before it holds, or goes on with its last sum. */
function isAbout(part, before) {
  if (!before.length) return false;
  const { sides, relations } = part;
  if (!relations.length) return isA(sides[0], "Sum") && sides[0].span[0] < sides[0].terms[0].node.span[0];
  if (relations[0] !== "in" && relations[0] !== "!=") return false;
  return relations.length !== 1 || relations[0] !== "in" || isA(sides.at(-1), "Listing", "Interval", "NumberSet");
}

/** A chain with what the next row or clause adds to it. */
function withPart(before, part) {
  const { sides, relations, where, conditions } = before;
  if (part instanceof Continuation) return statement([...sides, ...part.sides], [...relations, ...part.relations], where, conditions);
  if (isA(part, "ForAll")) {
    if (where) throw new NotInGrammar("second range", part.first.span[0]);
    return { ...before, where: part };
  }
  if (isA(part, "Condition")) return { ...before, conditions: [...conditions, part] };
  if (part.relations.length) {
    const condition = make("Condition", { sides: part.sides, relations: part.relations }, reach(part.sides));
    return { ...before, conditions: [...conditions, condition] };
  }
  const last = sides.at(-1), terms = isA(last, "Sum") ? last.terms : [{ sign: 1, node: last }];
  const both = make("Sum", { terms: [...terms, ...part.sides[0].terms] }, reach([last, ...part.sides]));
  return { ...before, sides: [...sides.slice(0, -1), both] };
}

function reach(nodes) {
  return [Math.min(...nodes.map(node => node.span[0])), Math.max(...nodes.map(node => node.span[1]))];
}

/** The 2 of `1, 2, \dots, n` says that it goes on by 1. */
function checkStep(first, second, span) {
  if (second && !(isA(first, "Number") && Math.abs(Number(second) - first.value) === 1)) throw new NotInGrammar("step", span[0]);
}
