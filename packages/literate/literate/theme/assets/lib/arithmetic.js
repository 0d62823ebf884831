// Evaluates formulas that mathdoctest has exported as trees, the way MLX computes them: every operation on an array is rounded
// to float32; plain numbers of the program, such as a learning rate, stay in double precision.
//
// A tree is one of
//   number                                             a constant
//   "name"                                             a named value, such as "w1_11"
//   "argument"                                         in the tree of a function: what it is called with
//   [operation, tree, …]                               `host:` before the operation's name: in double precision
//   ["where", relation, left, right, then, otherwise]  a choice between two trees
//   ["call", function, tree]                           a function that is itself given as a tree

const toFloat32 = Math.fround;

/** log(1 + eᵘ) as MLX's logaddexp(0, u): it overflows only where the result does. */
const softplus = u => Math.max(u, 0) + Math.log1p(Math.exp(-Math.abs(u)));
/** The error function: a series of positive terms, so that no digits cancel. */
function erf(u) {
  if (Math.abs(u) > 6) return Math.sign(u);
  let term = u, sum = u;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) sum += term *= 2 * u * u / (2 * n + 1);
  return 2 / Math.sqrt(Math.PI) * Math.exp(-u * u) * sum;
}
const operations = {
  "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => a / b, power: Math.pow, max: Math.max, min: Math.min,
  negative: a => -a, exp: Math.exp, log: Math.log, sqrt: Math.sqrt, tanh: Math.tanh, softplus, erf,
};
const relations = { ">": (a, b) => a > b, ">=": (a, b) => a >= b, "<": (a, b) => a < b, "<=": (a, b) => a <= b };

const isHost = name => name.startsWith("host:");
const bare = name => name.replace("host:", "");

function operation(name, rounds) {
  const exact = operations[bare(name)];
  if (!rounds || isHost(name)) return exact;
  return exact.length === 1 ? a => toFloat32(exact(toFloat32(a))) : (a, b) => toFloat32(exact(toFloat32(a), toFloat32(b)));
}

/** Compiles trees into functions of (values, argument); values is an array with a place for each name. */
export class Evaluator {
  /** functions: name → tree of its body. rounds: whether arrays are of float32, as MLX's; else all is in double precision. */
  constructor(functions = {}, rounds = true) {
    this.rounds = rounds;
    this.places = new Map();
    this.functions = {};
    for (const [name, tree] of Object.entries(functions)) this.functions[name] = { tree, run: this.compile(tree) };
  }

  /** The index of a name among the values. */
  place(name) {
    if (!this.places.has(name)) this.places.set(name, this.places.size);
    return this.places.get(name);
  }

  /** A function that returns the { tree, run } that a name stands for when it is called. */
  lookup(name) { return () => this.functions[name]; }

  compile(tree) {
    if (typeof tree === "number") return () => tree;
    if (tree === "argument") return (values, argument) => argument;
    if (typeof tree === "string") { const at = this.place(tree); return values => values[at]; }
    const [name, ...rest] = tree;
    if (name === "where") {
      const holds = relations[rest[0]];
      const [left, right, then, otherwise] = rest.slice(1).map(part => this.compile(part));
      return (v, x) => holds(left(v, x), right(v, x)) ? then(v, x) : otherwise(v, x);
    }
    if (name === "call") {
      const found = this.lookup(rest[0]);
      const inner = this.compile(rest[1]);
      return (v, x) => found().run(v, inner(v, x));
    }
    const compute = operation(name, this.rounds);
    const [a, b] = rest.map(part => this.compile(part));
    return b ? (v, x) => compute(a(v, x), b(v, x)) : (v, x) => compute(a(v, x));
  }

  value(tree, values, argument) { return this.compile(tree)(values, argument); }

  /** The first operation, in the order of evaluation, that makes inf or NaN: { operation, operands, result }; null if there is none. */
  why(tree, values, argument) {
    if (!Array.isArray(tree) || tree[0] === "where") return null;
    const [name, ...rest] = tree;
    if (name === "call") {
      const [called, inner] = rest;
      return this.why(inner, values, argument) ?? this.why(this.lookup(called)().tree, values, this.value(inner, values, argument));
    }
    for (const part of rest) {
      const found = this.why(part, values, argument);
      if (found) return found;
    }
    const operands = rest.map(part => this.value(part, values, argument)).map(v => !this.rounds || isHost(name) ? v : toFloat32(v));
    const result = operation(name, this.rounds)(...operands);
    return Number.isFinite(result) ? null : { operation: bare(name), operands, result };
  }
}
