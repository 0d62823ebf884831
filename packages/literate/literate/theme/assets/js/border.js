// Controls turn the weights and shift the bias of a neuron: literate/figures/border.py draws the plane as it is at first.

import { all, withMinus } from "./page.js";
import { addSliders } from "./sliders.js";

const CORNERS = [[-1, -1], [1, -1], [1, 1], [-1, 1]];

/** The corners of the part of the square where w·x + b is not negative, and which of them are on the line. */
function positiveSide([u, v], b) {
  const side = [], edge = [], sum = ([p, q]) => u * p + v * q + b;
  CORNERS.forEach((corner, n) => {
    const next = CORNERS[(n + 1) % 4], here = sum(corner), there = sum(next);
    if (here >= 0) side.push(corner);
    if (here * there >= 0) return;
    const part = here / (here - there), crossing = corner.map((from, k) => from + part * (next[k] - from));
    side.push(crossing);
    edge.push(crossing);
  });
  return { side, edge };
}

function draw(picture, w, b, length) {
  const scales = JSON.parse(picture.dataset.scale);
  const at = point => point.map((value, k) => {
    const [low, high, start, end] = scales[k];
    return (start + (value - low) / (high - low) * (end - start)).toFixed(2);
  });
  const part = (name, points, end = "") => picture.querySelector(`[data-part=${name}]`)
    .setAttribute("d", points.length ? `M${points.map(point => at(point).join(" ")).join("L")}${end}` : "");
  const { side, edge } = positiveSide(w, b);
  const middle = edge.length ? [0, 1].map(k => (edge[0][k] + edge[1][k]) / 2) : [0, 0];
  const tip = middle.map((from, k) => from + length * w[k]);
  part("side", side, "Z");
  part("edge", edge);
  part("weights", [middle, tip]);
  const letter = picture.lastElementChild, [x, y] = at(tip);
  letter.setAttribute("x", Number(x) + 8);
  letter.setAttribute("y", Number(y) + 5);
}

for (const drawing of all("[data-border]")) {
  const { turned, shifted, start, weights, sums, length, turn } = JSON.parse(drawing.dataset.border);
  const sliders = [{ name: turn, count: turned.length, first: start[0] }, { name: "b", count: shifted.length, first: start[1] }];
  addSliders(drawing, sliders, ([i, j]) => {
    for (const picture of all("[data-scale]", drawing)) draw(picture, weights[i], shifted[j], length);
    const b = withMinus(shifted[j]);
    return {
      labels: [`${turn} ${withMinus(turned[i])}\u00b0`, `b ${b}`],
      lines: [`w = (${weights[i].map(withMinus).join(", ")})`, `b = ${b}`, `z = ${withMinus(sums[i][j])}`],
    };
  });
}
