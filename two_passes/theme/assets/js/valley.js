// Sliders change the learning rate and the momentum of optimizers in a valley: two_passes/figures/valley.py draws how they stand at first.

import { all, withMinus } from "./page.js";
import { addSliders } from "./sliders.js";

const EPSILON = 1e-8, BETA = 0.999, ALPHA = 0.99, LION = 0.99, DECAY = 0.1; // MLX's defaults, but for AdamW's decay
const same = (w, f) => w.map((_, i) => f(i));

/** Adam's step, corrected, with so much weight decay; mu is the memory of the gradients. */
const adam = decay => (eta, mu) => ({ w, g, m, v, t }) => {
  m = same(w, i => mu * m[i] + (1 - mu) * g[i]);
  v = same(w, i => BETA * v[i] + (1 - BETA) * g[i] ** 2);
  const step = i => m[i] / (1 - mu ** t) / (Math.sqrt(v[i] / (1 - BETA ** t)) + EPSILON);
  return { m, v, w: same(w, i => w[i] - eta * (step(i) + decay * w[i])) };
};

/** A step along the gradient divided by the root of v. */
const scaled = next => eta => ({ w, g, v }) => {
  v = same(w, i => next(v[i], g[i] ** 2));
  return { v, w: same(w, i => w[i] - eta * g[i] / (Math.sqrt(v[i]) + EPSILON)) };
};

/** Of a matrix of one row only its length is not 1: five rounds towards it. */
function orth(u) {
  const length = Math.hypot(...u);
  let x = length / (length + 1e-7);
  for (let k = 0; k < 5; k++) x = 3.4445 * x - 4.775 * x ** 3 + 2.0315 * x ** 5;
  return u.map(each => length && each / length * x);
}

// name → (learning rate, momentum) → the next w and what is kept, from w, its gradient g, what was kept, and the number t of the step
const RULES = {
  SGD: eta => ({ w, g }) => ({ w: same(w, i => w[i] - eta * g[i]) }),
  momentum: (eta, mu) => ({ w, g, v }) => {
    v = same(w, i => mu * v[i] + g[i]);
    return { v, w: same(w, i => w[i] - eta * v[i]) };
  },
  Nesterov: (eta, mu) => ({ w, g, v }) => {
    v = same(w, i => mu * v[i] + g[i]);
    return { v, w: same(w, i => w[i] - eta * (g[i] + mu * v[i])) };
  },
  Adagrad: scaled((v, square) => v + square),
  RMSprop: scaled((v, square) => ALPHA * v + (1 - ALPHA) * square),
  Adam: adam(0),
  AdamW: adam(DECAY),
  Lion: (eta, mu) => ({ w, g, m }) => ({
    m: same(w, i => LION * m[i] + (1 - LION) * g[i]),
    w: same(w, i => w[i] - eta * Math.sign(mu * m[i] + (1 - mu) * g[i])),
  }),
  Muon: (eta, mu) => ({ w, g, v }) => {
    v = same(w, i => mu * v[i] + (1 - mu) * g[i]);
    const step = orth(same(w, i => mu * v[i] + (1 - mu) * g[i]));
    return { v, w: same(w, i => w[i] - eta * step[i]) };
  },
};

/** Where an optimizer goes in so many steps: places, the start first. */
export function walk(name, { h, place, steps }, eta, mu) {
  const rule = RULES[name](eta, mu), zero = h.map(() => 0), path = [place];
  let kept = { w: place, m: zero, v: zero };
  for (let t = 1; t <= steps; t++) {
    kept = { ...kept, ...rule({ ...kept, g: same(h, i => h[i] * kept.w[i]), t }) };
    path.push(kept.w);
  }
  return path;
}

const height = (h, w) => same(h, i => h[i] * w[i] ** 2 / 2).reduce((a, b) => a + b);
const short = value => withMinus(value < 0.001 || value >= 1000 ? value.toExponential(1).replace("+", "") : Number(value.toPrecision(3)));

function drawPath(group, path, { h, far }, scales) {
  const at = place => place.map((value, k) => {
    const [low, high, start, end] = scales[k];
    return (start + (value - low) / (high - low) * (end - start)).toFixed(1);
  }).join(" ");
  const left = path.findIndex(place => !place.every(each => Math.abs(each) < far));
  group.querySelector(".tp-walk").setAttribute("d", `M${(left < 0 ? path : path.slice(0, left)).map(at).join("L")}`);
  group.querySelector("text").textContent = short(height(h, path.at(-1)));
}

for (const drawing of all("[data-valley]")) {
  const data = JSON.parse(drawing.dataset.valley), { h, rates, momenta, start } = data;
  const names = [...new Set(all("[data-racer]", drawing).map(group => group.dataset.racer))];
  const sliders = [{ name: "\u03b7", count: rates.length, first: start[0] }, { name: "\u03bc", count: momenta.length, first: start[1] }];
  addSliders(drawing, sliders, ([i, j]) => {
    const paths = Object.fromEntries(names.map(name => [name, walk(name, data, rates[i], momenta[j])]));
    for (const picture of all("[data-scale]", drawing)) {
      const scales = JSON.parse(picture.dataset.scale);
      for (const group of all("[data-racer]", picture)) drawPath(group, paths[group.dataset.racer], data, scales);
    }
    const ends = names.map(name => [height(h, paths[name].at(-1)), name]).sort(([a], [b]) => a - b);
    return { labels: [`\u03b7 = ${rates[i]}`, `\u03bc = ${momenta[j]}`], lines: [`min L = ${short(ends[0][0])} (${ends[0][1]})`] };
  });
}
