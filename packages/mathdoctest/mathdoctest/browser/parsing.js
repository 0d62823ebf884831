// Tokens by the tables of the grammar. No tree is made of them: what is found is handed to the methods of the one who reads.

import { TooDeep } from "./errors.js";
import { tables } from "./words.js";

/** A token that the grammar has not at this place; null for the end. */
export class Unexpected extends Error {
  constructor(token) {
    super();
    this.token = token;
  }
}

let made = null; // the grammar whose rows are laid out, and those rows

/** The grammar, with a row for each state: symbol → a state, or −1 − the place of a rule. */
function grammar() {
  if (made?.of === tables.grammar) return made;
  const { symbols, rules, rows, states, dropped } = tables.grammar;
  const laid = rows.map(row => {
    const actions = new Map();
    for (let n = 0; n < row.length; n += 2) actions.set(symbols[row[n]], row[n + 1]);
    return actions;
  });
  return made = {
    ...tables.grammar, of: tables.grammar, rows: states.map(state => laid[state]), dropped: new Set(dropped),
    rules: rules.map(([symbol, size, method, alone]) => ({ symbol: symbols[symbol], size, method, alone: Boolean(alone), isRule: true })),
  };
}

/** Each token, and after its parts each rule. Throws Unexpected, TooDeep. */
export function steps(tokens, start) {
  const { rows, rules, starts, ends } = grammar(), { states: deepest } = tables.limits;
  const states = [starts[start]], out = [];
  for (const token of [...tokens, null]) {
    let then;
    while ((then = rows[states.at(-1)].get(token ? token.type : "$END")) < 0) {
      const rule = rules[-1 - then];
      states.length -= rule.size;
      states.push(rows[states.at(-1)].get(rule.symbol));
      out.push(rule);
      if (!token && states.at(-1) === ends[start]) return out;
    }
    if (then === undefined || !token) throw new Unexpected(token);
    if (states.length > deepest) throw new TooDeep();
    states.push(then);
    out.push(token);
  }
  return out;
}

/** What the methods of a reader make of steps: one for each rule, and for tokens if it has any. */
export function built(found, reader) {
  const { dropped } = grammar(), { nested } = tables.limits, stack = []; // begin, end, parts, depth
  for (const step of found) {
    if (step.isRule) {
      const own = stack.splice(stack.length - step.size);
      let { parts } = own[0];
      for (const each of own.slice(1)) parts.push(...each.parts);
      const span = [own[0].begin, own.at(-1).end];
      const depth = Math.max(...own.map(each => each.depth)) + (own.length > 1 && !step.symbol.startsWith("__") ? 1 : 0);
      if (depth > nested) throw new TooDeep();
      if (step.method && !(step.alone && parts.length === 1)) parts = [reader[step.method](span, ...parts)];
      stack.push({ begin: span[0], end: span[1], parts, depth });
    } else {
      const parts = dropped.has(step.type) ? [] : [step.type in reader ? reader[step.type](step) : step.value];
      stack.push({ begin: step.start, end: step.end, parts, depth: 0 });
    }
  }
  return stack[0].parts[0];
}
