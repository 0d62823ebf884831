// The setup of a run of the live lab: its defaults, as the fragment of a link, and as a program to copy.

import { exact } from "../lib/numbers.js";

const f = Math.fround;

/** What a run is made from. first: the index of the first example; both: whether both are used in turn; steps: executed lines of the program. */
export function defaults(data) {
  return {
    activation: data.activations[0], optimizer: Object.keys(data.optimizers)[0], eta: 0.5, both: false,
    examples: data.examples.map(e => [...e]), first: 0, start: { ...data.start }, steps: data.lines.length,
  };
}

/** Whether a symbol is a parameter, an input or the label: what a reader can change. */
export const isGiven = symbol => /^([wb]\d_|x_|y$)/.test(symbol);

/** The range of a slider: weights and biases, inputs and the label, powers of ten of the learning rate. */
export const rangeOf = symbol => symbol === "eta" ? [-3, 1] : /^[wb]\d/.test(symbol) ? [-3, 3] : [0, 1];

/** To hundredths, the step of a drag and of the arrow keys; a very large value keeps its digits. */
export const rounded = value => Math.abs(value) < 1e6 ? Math.round(value * 100) / 100 : value;

// ---- as the address's fragment ----------------------------------------------------------------------------------------------

/** Such as `act=tanh&n=24`: only what differs from the defaults. */
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

export const MOST = 200_000; // executed lines that a link may ask for: they take about a second

/** The setup in a fragment; null if the fragment holds none. A part that cannot be read keeps its default. */
export function fromHash(text, data) {
  if (!text.includes("=")) return null;
  const given = new URLSearchParams(text.replace(/^#/, ""));
  const setup = defaults(data);
  const number = part => /^(NaN|[-+]?(Infinity|(\d+\.?\d*|\.\d+)(e[-+]?\d+)?))$/i.test(part ?? "") ? Number(part) : null;
  const numbers = (key, count) => {
    const found = (given.get(key) ?? "").split(",").map(number);
    return found.length === count && !found.includes(null) ? found.map(f) : null;
  };
  if (data.activations.includes(given.get("act"))) setup.activation = given.get("act");
  if (Object.hasOwn(data.optimizers, given.get("opt"))) setup.optimizer = given.get("opt");
  setup.eta = number(given.get("eta")) ?? setup.eta;
  setup.both = ["AB", "BA"].includes(given.get("train"));
  setup.first = ["B", "BA"].includes(given.get("train")) ? 1 : 0;
  ["A", "B"].forEach((key, i) => { setup.examples[i] = numbers(key, 3) ?? setup.examples[i]; });
  if (Object.keys(data.seeds).includes(given.get("seed"))) setup.start = { ...data.seeds[given.get("seed")] };
  numbers("w", data.parameters.length)?.forEach((value, i) => { setup.start[data.parameters[i]] = value; });
  const steps = Number(given.get("n"));
  if (given.has("n") && Number.isInteger(steps) && steps >= 0) setup.steps = Math.min(steps, MOST);
  return setup;
}

// ---- the program to copy -------------------------------------------------------------------------------------------------

/** The MLX program that computes the numbers on the screen: the book's program with the numbers and names of this setup. */
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
