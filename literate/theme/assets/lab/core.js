// The live lab's arithmetic. The formulas' own trees, as `literate/live.py` writes them down, are evaluated entry by entry the
// way MLX does it: every operation on an array is rounded to float32, plain numbers (learning rate, β, t) stay in double precision.
// Nothing here knows of the page.

const f = Math.fround;

/** log(1 + eᵘ) as MLX's logaddexp(0, u): it never overflows where the result does not. */
const softplus = u => Math.max(u, 0) + Math.log1p(Math.exp(-Math.abs(u)));
const plain = {
  "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => a / b, power: Math.pow, max: Math.max, min: Math.min,
  negative: a => -a, exp: Math.exp, log: Math.log, sqrt: Math.sqrt, tanh: Math.tanh, softplus,
};
const compare = { ">": (a, b) => a > b, ">=": (a, b) => a >= b, "<": (a, b) => a < b, "<=": (a, b) => a <= b };

function operation(name) {
  if (name.startsWith("host:")) return plain[name.slice(5)];
  const of = plain[name];
  return of.length === 1 ? a => f(of(f(a))) : (a, b) => f(of(f(a), f(b)));
}

/** Everything that the lab computes, from the data of `program.js`. */
export class Program {
  constructor(data) {
    this.data = data;
    this.places = new Map();
    this.functions = {};
    this.activation = data.activations[0];
    for (const [name, tree] of Object.entries(data.functions)) this.functions[name] = this.compile(tree);
    this.lines = data.lines.map(line => ({ ...line, entries: line.entries.map(e => ({ ...e, at: this.place(e.symbol), run: this.compile(e.tree) })) }));
    this.optimizers = {};
    for (const [name, one] of Object.entries(data.optimizers)) {
      this.optimizers[name] = { ...one, lines: one.lines.map(l => ({ ...l, stage: "update", at: this.place(l.symbol), run: this.compile(l.tree) })) };
    }
    this.forward = this.lines.filter(line => line.stage === "forward");
    this.upToLoss = this.lines.filter(line => line.stage !== "backward");
    this.generic = Object.fromEntries(["w", "g", "m", "v", "w_t", "m_t", "v_t", "eta", "t", "mu", "beta1", "beta2", "epsilon"].map(n => [n, this.place(n)]));
  }

  place(name) {
    if (!this.places.has(name)) this.places.set(name, this.places.size);
    return this.places.get(name);
  }

  /** A function of (values by place, argument). */
  compile(tree) {
    if (typeof tree === "number") return () => tree;
    if (tree === "argument") return (values, argument) => argument;
    if (typeof tree === "string") { const at = this.place(tree); return values => values[at]; }
    const [name, ...rest] = tree;
    if (name === "where") {
      const [relation, ...parts] = rest;
      const holds = compare[relation];
      const [left, right, yes, no] = parts.map(p => this.compile(p));
      return (v, x) => holds(left(v, x), right(v, x)) ? yes(v, x) : no(v, x);
    }
    if (name === "call") {
      const inner = this.compile(rest[1]);
      const called = rest[0];
      if (called.startsWith("sigma")) {
        const primes = called.slice(5);
        if (!/^'*$/.test(primes)) return (v, x) => this.functions[called](v, inner(v, x));
        return (v, x) => this.functions[this.activation + primes](v, inner(v, x));
      }
      return (v, x) => this.functions[called](v, inner(v, x));
    }
    const of = operation(name);
    const [a, b] = rest.map(p => this.compile(p));
    return b ? (v, x) => of(a(v, x), b(v, x)) : (v, x) => of(a(v, x));
  }

  run(lines, values) {
    for (const line of lines) for (const entry of line.entries) values[entry.at] = entry.run(values);
  }

  /** The value of any tree, as for the third row of a worked line. */
  value(tree, values) { return this.compile(tree)(values); }

  /** Why a tree's value is not finite: the first operation, in the order of evaluation, that makes inf or NaN. */
  why(tree, values, argument) {
    if (!Array.isArray(tree)) return null;
    const [name, ...rest] = tree;
    if (name === "where") return null;
    if (name === "call") {
      const [called, inner] = rest;
      const known = called === "sigma" || called === "sigma'" ? this.activation + called.slice(5) : called;
      return this.why(inner, values, argument) ?? this.why(this.data.functions[known], values, this.compile(inner)(values, argument));
    }
    for (const part of rest) {
      const found = this.why(part, values, argument);
      if (found) return found;
    }
    const rounded = name.startsWith("host:") ? v => v : f;
    const operands = rest.map(part => rounded(this.compile(part)(values, argument)));
    const result = operation(name)(...operands);
    return Number.isFinite(result) ? null : { operation: name.replace("host:", ""), operands, result };
  }
}

/** What a run is made from: which example is `first`, whether `both` are used in turn, … The rest follows; `steps` counts the program's lines executed since the start. */
export function defaults(data) {
  return {
    activation: data.activations[0], optimizer: Object.keys(data.optimizers)[0], eta: 0.5, both: false,
    examples: data.examples.map(e => [...e]), first: 0, start: { ...data.start }, steps: data.lines.length,
  };
}

/** A run of the program: a pure function of its setup and of how many lines were executed. */
export class Simulation {
  static EVERY = 64; // cycles between two kept states

  constructor(program, setup) {
    this.program = program;
    this.setup = setup;
    this.values = new Float64Array(program.places.size).fill(NaN);
    this.optimizer = program.optimizers[setup.optimizer];
    this.length = program.lines.length + this.optimizer.lines.length;
    this.state = this.first();
    this.kept = [this.copy(this.state)];
    this.losses = [];
    this.seek(setup.steps);
  }

  first() {
    const parameters = this.program.data.parameters;
    return { cycle: 0, w: parameters.map(p => f(this.setup.start[p])), kept: parameters.map(() => Object.fromEntries(this.optimizer.keeps.map(k => [k, 0]))) };
  }
  copy(state) { return { cycle: state.cycle, w: [...state.w], kept: state.kept.map(k => ({ ...k })) }; }

  /** Which cycle, and how many of its lines are done; at its end, the update is. */
  static position(steps, length) {
    const done = steps === 0 ? 0 : (steps - 1) % length + 1;
    return { cycle: (steps - done) / length, done };
  }

  /** The example of a cycle: `first`, and the others in turn where both are in use. */
  example(cycle) {
    const { examples, both, first } = this.setup;
    return examples[both ? (first + cycle) % examples.length : first];
  }
  get used() { return this.setup.both ? this.setup.examples : [this.setup.examples[this.setup.first]]; }

  set(name, value) { this.values[this.program.place(name)] = value; }
  get(name) { return this.values[this.program.place(name)]; }

  input(example) {
    this.set("x_1", f(example[0]));
    this.set("x_2", f(example[1]));
    this.set("y", f(example[2]));
  }

  load(w) { this.program.data.parameters.forEach((p, i) => this.set(p, w[i])); }

  /** Mean loss over the examples in use, with the parameters as loaded. */
  mean() {
    let sum = 0;
    for (const example of this.used) {
      this.input(example);
      this.program.run(this.program.upToLoss, this.values);
      sum += this.get("L");
    }
    return sum / this.used.length;
  }

  /** The update's lines up to `count` for one parameter: all generic names (w, g, m, v, w_t, …) are left among the values. */
  update(index, state, count = this.optimizer.lines.length) {
    const { generic } = this.program;
    const values = this.values;
    for (const [name, value] of Object.entries(this.optimizer.constants)) values[generic[name]] = value;
    values[generic.eta] = this.setup.eta;
    values[generic.t] = state.cycle + 1;
    values[generic.w] = state.w[index];
    values[generic.g] = this.get("dL_d" + this.program.data.parameters[index]);
    for (const name of this.optimizer.keeps) values[generic[name]] = state.kept[index][name];
    for (const line of this.optimizer.lines.slice(0, count)) values[line.at] = line.run(values);
  }

  /** One whole cycle: both passes on its example, then the update of every parameter. */
  advance() {
    const state = this.state;
    this.load(state.w);
    if (this.losses.length === state.cycle) this.losses.push(this.mean());
    this.input(this.example(state.cycle));
    this.program.run(this.program.lines, this.values);
    this.state = this.updated(state);
    if (this.state.cycle % Simulation.EVERY === 0 && this.kept.length === this.state.cycle / Simulation.EVERY) this.kept.push(this.copy(this.state));
  }

  updated(state) {
    const next = { cycle: state.cycle + 1, w: [], kept: [] };
    state.w.forEach((_, i) => {
      this.update(i, state);
      next.w.push(this.get("w_t"));
      next.kept.push(Object.fromEntries(this.optimizer.keeps.map(k => [k, this.get(k + "_t")])));
    });
    return next;
  }

  /** Go to a number of executed lines, forward or back. */
  seek(steps) {
    this.program.activation = this.setup.activation;
    this.setup.steps = steps = Math.max(0, Math.floor(steps) || 0);
    const { cycle, done } = Simulation.position(steps, this.length);
    if (cycle < this.state.cycle) this.state = this.copy(this.kept[Math.floor(cycle / Simulation.EVERY)]);
    while (this.state.cycle < cycle) this.advance();
    this.cycle = cycle;
    this.done = done;
    this.losses.length = Math.min(this.losses.length, cycle);
    this.show();
  }

  /** Compute what is on the screen at this position. */
  show() {
    const { program, state } = this;
    const passes = Math.min(this.done, program.lines.length);
    this.load(state.w);
    this.losses[this.cycle] = this.mean();
    for (const line of program.lines) for (const entry of line.entries) this.values[entry.at] = NaN;
    this.input(this.example(this.cycle));
    program.run(program.lines.slice(0, passes), this.values);
    this.after = this.done === this.length ? this.updated(state) : null;
  }

  get line() { // the one executed last
    const { lines } = this.program;
    return this.done === 0 ? null : this.done <= lines.length ? lines[this.done - 1] : this.optimizer.lines[this.done - lines.length - 1];
  }
  get stage() { return this.line?.stage ?? null; }

  /** How many lines are done at the end of each stage of a cycle. */
  get ends() {
    const count = stage => this.program.lines.filter(l => l.stage === stage).length;
    const forward = count("forward");
    return { forward, loss: forward + 1, backward: this.program.lines.length, update: this.length };
  }

  /** Every shown quantity and its value; what this cycle has not computed yet is left out. */
  quantities() {
    const { program } = this;
    const shown = new Map();
    for (const name of ["x_1", "x_2", "y"]) shown.set(name, this.get(name));
    const w = this.after ? this.after.w : this.state.w;
    program.data.parameters.forEach((p, i) => shown.set(p, w[i]));
    for (const line of program.lines.slice(0, Math.min(this.done, program.lines.length))) {
      for (const entry of line.entries) shown.set(entry.symbol, this.get(entry.symbol));
    }
    const { kept } = this.after ?? this.state;
    for (const name of this.optimizer.keeps) {
      program.data.parameters.forEach((p, i) => shown.set(`${name}_${p}`, kept[i][name]));
    }
    return shown;
  }

  /** ŷ at any input, with the parameters shown. */
  predict(x1, x2) {
    this.set("x_1", x1);
    this.set("x_2", x2);
    this.program.run(this.program.forward, this.values);
    return this.get("y_hat");
  }

  /** ŷ over a grid of the input square, row by row from the top; the values on the screen stay as they are. */
  surface(size) {
    const before = this.values;
    this.values = Float64Array.from(before);
    this.load(this.after ? this.after.w : this.state.w);
    const grid = new Float32Array(size * size);
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        grid[row * size + column] = this.predict((column + 0.5) / size, 1 - (row + 0.5) / size);
      }
    }
    this.values = before;
    return grid;
  }

  /** The hidden neurons that no example in use opens, where ReLU is chosen: they get no gradient. */
  dead() {
    if (this.setup.activation !== "ReLU") return [];
    const before = this.values;
    this.values = Float64Array.from(before);
    this.load(this.after ? this.after.w : this.state.w);
    const open = new Set();
    for (const example of this.used) {
      this.input(example);
      this.program.run(this.program.forward.slice(0, 1), this.values);
      for (const i of [1, 2]) if (!(this.get(`z1_${i}`) <= 0)) open.add(i);
    }
    this.values = before;
    return [1, 2].filter(i => !open.has(i));
  }

  /** The first shown quantity that is inf or NaN, and the operation that made it; null where all are finite. */
  trouble() {
    for (const name of [...this.program.data.parameters, "x_1", "x_2", "y"]) {
      const value = this.program.data.parameters.includes(name) ? this.state.w[this.program.data.parameters.indexOf(name)] : this.get(name);
      if (!Number.isFinite(value)) return { symbol: name, value, operation: "given", operands: [], result: value };
    }
    const eta = f(this.setup.eta);
    if (!Number.isFinite(eta)) return { symbol: "eta", value: eta, operation: "given", operands: [], result: eta };
    for (const line of this.program.lines.slice(0, this.done)) {
      for (const entry of line.entries) {
        const value = this.get(entry.symbol);
        if (!Number.isFinite(value)) return { symbol: entry.symbol, value, ...(this.program.why(entry.tree, this.values) ?? { operation: "given", operands: [], result: value }) };
      }
    }
    if (this.after) {
      const at = this.after.w.findIndex(w => !Number.isFinite(w));
      if (at >= 0) {
        this.update(at, this.state);
        for (const line of this.optimizer.lines) {
          const found = this.program.why(line.tree, this.values);
          if (found) return { symbol: this.program.data.parameters[at], value: this.after.w[at], ...found };
        }
      }
    }
    return null;
  }
}

// ---- numbers as text -------------------------------------------------------------------------------------------------------

const MINUS = "−";
const special = x => Number.isNaN(x) ? "nan" : x > 0 ? "inf" : MINUS + "inf";

/** So many decimals, or fewer, or a power of ten, until it fits in `width` characters. As `figures/common.py` does it. */
export function fixed(number, decimals, width = 99) {
  if (!Number.isFinite(number)) return special(number);
  number += 0;
  for (let places = decimals; places >= 0; places--) {
    const text = Math.abs(number) < 1e21 ? number.toFixed(places) : "x".repeat(99);
    if (text.length <= width && (number === 0 || Number(text) !== 0)) return text.replace(/^-0(\.0*)?$/, "0$1").replace("-", MINUS);
  }
  let text = "";
  for (const places of [2, 1, 0]) {
    const [digits, exponent] = number.toExponential(places).split("e");
    text = `${digits}e${Number(exponent)}`;
    if (text.length <= width) break;
  }
  return text.replaceAll("-", MINUS);
}

/** The same without the zeros at the end: 0.38, 1.0. */
export function short(number, decimals = 4, width = 99) {
  const text = fixed(number, decimals, width);
  if (!text.includes(".") || text.includes("e")) return text;
  const cut = text.replace(/0+$/, "");
  return cut.endsWith(".") ? cut + "0" : cut;
}

/** A value of a worked line: as `formula/columns.py` writes it, six decimals, more where it is small. */
export function written(value, decimals = 6) {
  if (!Number.isFinite(value)) return special(value);
  if (Math.abs(value) < 1e-12) return "0";
  const brief = String(Number(value.toFixed(4)));
  if (Math.abs(Number(brief) - value) <= 2e-7 * Math.abs(value)) return brief.replace("-", MINUS);
  if (Math.abs(value) >= 1e7 || Math.abs(value) < 1e-7) return value.toExponential(3).replace(/\.?0*e\+?/, "e").replaceAll("-", MINUS);
  const more = Math.max(0, -2 - Math.floor(Math.log10(Math.abs(value))));
  const text = value.toFixed(decimals + more);
  return (more > 3 ? text.replace(/0+$/, "") : text).replace("-", MINUS);
}

/** The shortest decimal that gives this float32 again. */
export function exact(value) {
  if (!Number.isFinite(value)) return String(value);
  for (let digits = 1; digits <= 9; digits++) {
    const text = String(Number(value.toPrecision(digits)));
    if (f(Number(text)) === f(value)) return text;
  }
  return String(value);
}

// ---- the setup as the address's fragment --------------------------------------------------------------------------------------

/** `act=tanh&n=24`: only what differs from the defaults. */
export function toHash(setup, data) {
  const usual = defaults(data);
  const out = new URLSearchParams();
  const list = (key, now, then) => now.some((v, i) => !Object.is(f(v), f(then[i]))) && out.set(key, now.map(exact).join(","));
  if (setup.activation !== usual.activation) out.set("act", setup.activation);
  if (setup.optimizer !== usual.optimizer) out.set("opt", setup.optimizer);
  if (setup.eta !== usual.eta) out.set("eta", String(setup.eta));
  if (setup.both || setup.first) out.set("train", setup.both ? ["AB", "BA"][setup.first] : "B");
  list("A", setup.examples[0], usual.examples[0]);
  list("B", setup.examples[1], usual.examples[1]);
  const seed = data.seeds.findIndex(w => data.parameters.every(p => f(w[p]) === f(setup.start[p])));
  if (seed >= 0) out.set("seed", seed);
  else list("w", data.parameters.map(p => setup.start[p]), data.parameters.map(p => usual.start[p]));
  if (setup.steps !== usual.steps) out.set("n", setup.steps);
  return out.toString().replaceAll("%2C", ",");
}

export const MOST = 200_000; // lines that a link may ask for: about a second of work

/** The setup that a fragment tells; null where it is no such fragment. What cannot be read stays as it usually is. */
export function fromHash(text, data) {
  if (!text.includes("=")) return null;
  const given = new URLSearchParams(text.replace(/^#/, ""));
  const setup = defaults(data);
  const numbers = (key, count) => {
    const found = (given.get(key) ?? "").split(",").map(part => part.trim() === "" ? undefined : Number(part));
    return found.length === count && !found.includes(undefined) ? found.map(f) : null;
  };
  if (data.activations.includes(given.get("act"))) setup.activation = given.get("act");
  if (Object.hasOwn(data.optimizers, given.get("opt"))) setup.optimizer = given.get("opt");
  if (given.get("eta") && /^(NaN|-?Infinity|[-+.\de]+)$/.test(given.get("eta"))) setup.eta = Number(given.get("eta"));
  setup.both = ["AB", "BA"].includes(given.get("train"));
  setup.first = ["B", "BA"].includes(given.get("train")) ? 1 : 0;
  ["A", "B"].forEach((key, i) => { setup.examples[i] = numbers(key, 3) ?? setup.examples[i]; });
  if (given.get("seed") in data.seeds) setup.start = { ...data.seeds[given.get("seed")] };
  numbers("w", data.parameters.length)?.forEach((value, i) => { setup.start[data.parameters[i]] = value; });
  const steps = Number(given.get("n"));
  if (given.has("n") && Number.isInteger(steps) && steps >= 0) setup.steps = Math.min(steps, MOST);
  return setup;
}

// ---- the program to take away -------------------------------------------------------------------------------------------------

/** The MLX program that makes the numbers on the screen: the book's, with this setup's numbers and names in it. */
export function copied(setup, data, updates) {
  const array = name => {
    const of = p => exact(setup.start[p]);
    return { W1: `[[${of("w1_11")}, ${of("w1_12")}], [${of("w1_21")}, ${of("w1_22")}]]`, b1: `[${of("b1_1")}, ${of("b1_2")}]`,
      W2: `[[${of("w2_11")}, ${of("w2_12")}]]`, b2: `[${of("b2_1")}]` }[name];
  };
  const number = text => text.replaceAll("Infinity", 'float("inf")').replaceAll("NaN", 'float("nan")');
  const { examples: e, first, both } = setup;
  const used = both ? [e[first], e[1 - first]] : [e[first]];
  const pairs = used.map(([a, b, y]) => `(mx.array([${exact(a)}, ${exact(b)}]), mx.array([${exact(y)}]))`);
  return data.program
    .replace(/^[xy] = mx\.array.*\n/gm, "")
    .replace(/^(W1|b1|W2|b2) = mx\.array.*$/gm, (_, name) => number(`${name} = mx.array(${array(name)})`))
    .replace(/^data = .*$/m, number(`data = [\n    ${pairs.join(",\n    ")},\n]`))
    .replace(/^eta, updates = .*$/m, number(`eta, updates = ${setup.eta}, ${updates}`))
    .replace(/^(sigma, sigma_prime = activations).*$/m, `$1["${setup.activation}"]`)
    .replace(/^(optimizer = optimizers).*$/m, `$1["${setup.optimizer}"]`);
}
