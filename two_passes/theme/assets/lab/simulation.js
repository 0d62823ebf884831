// The live lab's computation: the program that the build writes down (two_passes/live_lab.py), and a run of it. It knows
// nothing of the page.

import { Evaluator } from "../lib/arithmetic.js";

const toFloat32 = Math.fround;

/** Everything that the lab computes, from the data of `program.js`. */
export class Program extends Evaluator {
  constructor(data) {
    super(data.functions);
    this.data = data;
    this.activation = data.activations[0];
    this.lines = data.lines.map(line => ({ ...line, entries: line.entries.map(entry => this.compiled(entry)) }));
    this.optimizers = {};
    for (const [name, one] of Object.entries(data.optimizers)) {
      this.optimizers[name] = { ...one, lines: one.lines.map(line => ({ ...this.compiled(line), stage: "update" })) };
    }
    this.forward = this.lines.filter(line => line.stage === "forward");
    this.upToLoss = this.lines.filter(line => line.stage !== "backward");
    this.generic = Object.fromEntries(["w", "g", "m", "v", "w_t", "m_t", "v_t", "eta", "t", "mu", "beta1", "beta2", "epsilon"].map(n => [n, this.place(n)]));
  }

  compiled(entry) { return { ...entry, at: this.place(entry.symbol), run: this.compile(entry.tree) }; }

  /** σ is the chosen activation function, σ′ its slope. */
  lookup(name) {
    const primes = name.match(/^sigma('*)$/)?.[1];
    return primes === undefined ? super.lookup(name) : () => this.functions[this.activation + primes];
  }

  run(lines, values) {
    for (const line of lines) for (const entry of line.entries) values[entry.at] = entry.run(values);
  }
}

/** A run of the program. Its state depends only on its setup and on how many lines were executed. */
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
    return { cycle: 0, w: parameters.map(p => toFloat32(this.setup.start[p])), kept: parameters.map(() => Object.fromEntries(this.optimizer.keeps.map(k => [k, 0]))) };
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
    this.set("x_1", toFloat32(example[0]));
    this.set("x_2", toFloat32(example[1]));
    this.set("y", toFloat32(example[2]));
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

  /** Run the first `count` lines of the update for one parameter; the generic names (w, g, m, v, w_t, …) keep their values. */
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

  /** Compute what the screen shows at this position. */
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

  /** What `look` finds one line further on. Then the run stands where it stood. */
  ahead(look) {
    const { steps } = this.setup;
    this.seek(steps + 1);
    const found = look();
    this.seek(steps);
    return found;
  }

  /** How many lines are done at the end of each stage of a cycle. */
  get ends() {
    const count = stage => this.program.lines.filter(l => l.stage === stage).length;
    const forward = count("forward");
    return { forward, loss: forward + 1, backward: this.program.lines.length, update: this.length };
  }

  /** Every shown quantity and its value, without what this cycle has not computed yet. */
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

  /** ŷ over a grid of the input square, row by row from the top. The values on the screen do not change. */
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

  /** With ReLU: the hidden neurons whose weighted sum is not above 0 for any example in use, so that they get no gradient. */
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

  /** The first shown quantity that is inf or NaN, and the operation that made it; null if all are finite. */
  trouble() {
    for (const name of [...this.program.data.parameters, "x_1", "x_2", "y"]) {
      const value = this.program.data.parameters.includes(name) ? this.state.w[this.program.data.parameters.indexOf(name)] : this.get(name);
      if (!Number.isFinite(value)) return { symbol: name, value, operation: "given", operands: [], result: value };
    }
    const eta = toFloat32(this.setup.eta);
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
