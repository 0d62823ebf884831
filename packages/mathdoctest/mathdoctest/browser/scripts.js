// What stands above and below: what joins a name, what is an index, a layer, a power, a bound.

import { NotInGrammar } from "./errors.js";
import { canonical } from "./lexer.js";
import { spelled } from "./notation.js";
import { isLayer } from "./resolve.js";
import { isUpper, rstrip, strip } from "./strings.js";
import { isA, isLetter, make, walk } from "./syntax.js";

/** A factor whose meaning depends on its neighbours: see `Pending` in scripts.py. A script is [kind, value, where it ends]. */
export class Pending {
  constructor(kind, span, more = {}) {
    Object.assign(this, { name: "", items: [], bracket: "", node: null, bottoms: [], inner: [0, 0], scripts: [], ...more, kind, span });
  }
  with(more) {
    return new Pending(this.kind, this.span, { ...this, ...more });
  }
}
export const isPending = (part, kind) => part instanceof Pending && (kind === undefined || part.kind === kind);

/** What stands in a Map under a key, which is removed. */
export function pop(found, key, otherwise) {
  const value = found.has(key) ? found.get(key) : otherwise;
  found.delete(key);
  return value;
}

/** The symbols of one formula with their scripts, and powers of all else. */
export class Scripts {
  constructor(tex, vocabulary, capitals) {
    this.tex = tex;
    this.vocabulary = vocabulary;
    this.capitals = capitals;
    this.spelled = spelled(vocabulary);
  }

  symbol(span, base, scripts) {
    const alias = this.spelled.get(rstrip(base.name, "_"));
    if (alias) base = { ...base, name: alias[0] };
    [base, scripts] = this.spelledOut(span, base, scripts);
    const found = collected(scripts, span), primes = pop(found, "prime", 0);
    const every = checked(pop(found, "index", []), span);
    let name = [base.name, ...every.filter(each => this.joins(each)).map(each => each.name)].join("_");
    const indices = every.filter(each => !this.joins(each));
    const power = found.get("power"), above = power?.length === 1 ? power[0] : null;
    if (above && isLetter(above) && above.upright) {
      found.delete("power");
      name += `_${above.name}`;
    } else if (above && this.isLayer(base, above)) {
      found.set("layer", above);
      found.delete("power");
    }
    const upright = base.upright && !scripts.length;
    const node = make("Symbol", { name, layer: pop(found, "layer", null), indices, upright }, span);
    if (primes) {
      const rest = [...found].map(([kind, value]) => [kind, value, span[1]]);
      return new Pending("primed", span, { node, scripts: [["prime", primes, span[1]], ...rest] });
    }
    return this.raised(node, found, span);
  }

  isLayer(base, above) {
    if (this.vocabulary.layered.has(base.name) && isA(above, "Symbol")) return true;
    return isLayer(above) && ![...walk(above)].some(each => isA(each, "Symbol") && this.vocabulary.names.has(each.name));
  }

  /** Whether an index is a word that belongs to the name, not one that has a value. */
  joins(index) {
    if (!isLetter(index)) return false;
    if (this.vocabulary.labels.has(index.name) || this.capitals.has(index.name)) return true;
    return index.upright && !this.vocabulary.names.has(index.name);
  }

  /** A symbol whose name includes scripts: W_{xh}, where `W_xh` is one; what is left. */
  spelledOut(span, base, scripts) {
    if (!this.spelled.size || !scripts.length) return [base, scripts];
    for (let count = scripts.length; count; count--) {
      const key = canonical(closed(this.tex.slice(span[0], scripts[count - 1][2])));
      if (this.spelled.has(key)) {
        const said = scripts.slice(0, count).every(script => this.isSaid(script));
        return [this.named(key, base, span, said), scripts.slice(count)];
      }
    }
    return this.labelled(span, base, scripts);
  }

  /** The entry `b_i^f` of the symbol `b^f`. */
  labelled(span, base, scripts) {
    if (scripts.length !== 2 || scripts[0][0] !== "index" || !["power", "layer"].includes(scripts[1][0])) return [base, scripts];
    const above = this.tex.slice(scripts[0][2], scripts[1][2]);
    const [name, declared] = this.spelled.get(canonical(rstrip(base.name, "_") + closed(above))) ?? ["", false];
    const isOne = name && (declared || !this.vocabulary.arrays.has(base.name));
    return isOne ? [make("Symbol", { name }, span), scripts.slice(0, 1)] : [base, scripts];
  }

  /** Whether a script is a word, which is no index. */
  isSaid([kind, value]) {
    return (kind === "index" || kind === "power") && value.every(each => this.joins(each));
  }

  named(key, base, span, said) {
    const [name, declared] = this.spelled.get(key);
    const isEntry = this.vocabulary.arrays.has(base.name) && !key.endsWith("_0"); // entries count from 1
    if (!declared && !said && isEntry && !key.includes("^")) {
      throw new NotInGrammar("two names", span[0], { text: this.tex.slice(...span), name, array: base.name });
    }
    return make("Symbol", { name }, span);
  }

  /** A node with its indices, its power and its transpose; no other script may be left. */
  raised(node, found, span) {
    if (found.has("layer")) throw new NotInGrammar("layer on", span[0]);
    if (found.has("prime")) throw new NotInGrammar("prime on", span[0]);
    if (found.has("index")) node = make("Index", { operand: node, indices: checked(found.get("index"), span) }, span);
    if (found.has("factorial")) {
      if (found.has("power") || found.has("transpose")) throw new NotInGrammar("factorial and power", span[0]);
      return make("Call", { function: "factorial", arguments: [node] }, span);
    }
    if (found.has("power")) {
      const [power, ...more] = found.get("power");
      if (more.length) throw new NotInGrammar("power", span[0]);
      const transposed = this.transposed(node, power, span);
      if (transposed) return transposed;
      node = make("Power", { base: node, exponent: asValue(power, span) }, span);
    }
    return found.has("transpose") ? make("Transpose", { operand: node }, span) : node;
  }

  /** `A^T` and `A^{-T}`, where T has no value; e^T and 2^T are powers. */
  transposed(node, power, span) {
    const isBase = isA(node, "Number") || isLetter(node, "e");
    if (this.vocabulary.names.has("T") || isBase && !this.vocabulary.names.has("e")) return null;
    if (isLetter(power, "T")) return make("Transpose", { operand: node }, span);
    const isMatrix = isA(node, "Symbol") && isUpper(node.name.slice(0, 1));
    const isInverse = isA(power, "Sum") && power.terms.length === 1 && power.terms[0].sign === -1 && isLetter(power.terms[0].node, "T");
    if (!isMatrix || !isInverse) return null;
    const minusOne = make("Sum", { terms: [{ sign: -1, node: make("Number", { value: 1 }, power.span) }] }, power.span);
    return make("Transpose", { operand: make("Power", { base: node, exponent: minusOne }, span) }, span);
  }

  /** Letters and digits next to each other are separate indices. */
  sideBySide(node) {
    if (isA(node, "Product")) {
      const between = this.tex.slice(node.left.span[1], node.right.span[0]);
      const parts = [...this.sideBySide(node.left), ...this.sideBySide(node.right)];
      if (parts.every(part => isA(part, "Symbol", "Number")) && !strip(between, " {},")) return parts;
    }
    const text = this.tex.slice(...node.span), start = node.span[0];
    if (isA(node, "Number") && /^[0-9]{2,}$/.test(text)) {
      return [...text].map((digit, k) => make("Number", { value: Number(digit) }, [start + k, start + k + 1]));
    }
    return [node];
  }
}

/** The `\hat{\beta_k}` of `\hat{\beta_k`, to which a script of the inner letter reaches. */
function closed(tex) {
  const depth = tex.split("{").length - tex.split("}").length;
  return "{".repeat(Math.max(-depth, 0)) + tex + "}".repeat(Math.max(depth, 0));
}

/** The scripts of a base by kind: each at most once, but primes, which are counted. */
export function collected(scripts, span) {
  const found = new Map(), counts = new Map();
  for (const [kind, value] of scripts) {
    found.set(kind, value);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  for (const [kind, count] of counts) {
    if (kind === "prime") found.set(kind, Math.max(count, found.get(kind)));
    else if (count > 1) throw new NotInGrammar("two scripts", span[0], { kind });
  }
  return found;
}

function checked(indices, span) {
  if (indices.some(each => isA(each, "Condition") && each.relations.includes("="))) throw new NotInGrammar("equation as index", span[0]);
  return indices;
}

export function asValue(node, span) {
  if (isA(node, "Condition")) throw new NotInGrammar("relation as value", span[0]);
  return node;
}

const isRelation = (part, ...relations) => isA(part, "Condition") && part.relations.length === 1 && relations.includes(part.relations[0]);

/** A sum and the like, from what stands below and above its sign. */
export function reduced(how, below, above, body, span) {
  const letters = [], conditions = [];
  let low = null, high = above;
  for (const part of below) {
    const [left] = part.sides ?? [], one = left?.kind === "Symbol" && left.layer === null && left.indices.length === 1 ? left.indices[0] : null;
    if (isRelation(part, "=") && isLetter(left) && low === null) {
      letters.push(left.name);
      low = part.sides[1];
    } else if (isA(part, "Interval") && isA(part.letter, "Symbol") && low === null && high === null) {
      letters.push(part.letter.name);
      [low, high] = [part.first, part.last];
    } else if (isRelation(part, "=") || isA(part, "Interval")) {
      throw new NotInGrammar("two ranges", span[0]);
    } else if (isRelation(part, "in", "sim") && isLetter(left)) {
      letters.push(left.name);
      conditions.push(part);
    } else if (isRelation(part, "in", "sim") && one && isLetter(one)) {
      letters.push(one.name); // `x_i \in X` only says where the entries come from
    } else if (isA(part, "Condition")) {
      conditions.push(part);
    } else if (isLetter(part)) {
      letters.push(part.name);
    } else if (below.length > 1) {
      throw new NotInGrammar("what runs", span[0]);
    } else {
      low = part;
    }
  }
  if (low === null && high !== null && letters.length === 1) low = make("Number", { value: 1 }, span);
  return make("Reduce", { how, letters, low, high, body, conditions }, span);
}
