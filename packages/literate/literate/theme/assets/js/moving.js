// A control below curves moves the points on them: literate/figures/moving.py draws how they stand at first.

import { all, withMinus } from "./page.js";
import { addSliders } from "./sliders.js";

/** Draw the points of one picture where the curves are at a place. */
function place(group, { at, curves, slopes, reach }, n) {
  const [across, up, logarithmic] = JSON.parse(group.dataset.scale);
  const on = ([low, high, start, end], value) => start + (value - low) / (high - low) * (end - start);
  const rule = logarithmic ? [Math.log10(up[0]), Math.log10(up[1]), up[2], up[3]] : up;
  const height = value => on(rule, logarithmic ? Math.log10(value) : value);
  const [low, high, left, right] = across, x = on(across, at[n]), aside = reach * (right - left);
  const line = group.querySelector(".tp-hair");
  line.setAttribute("d", line.getAttribute("d").replace(/^M[^ V]+/, `M${x.toFixed(2)}`));
  for (const point of all("[data-point]", group)) {
    const name = point.dataset.point, value = curves[name][n], y = height(value);
    const dot = point.querySelector("circle"), tangent = point.querySelector("path");
    dot.setAttribute("cx", x.toFixed(2));
    dot.setAttribute("cy", y.toFixed(2));
    if (!tangent) continue;
    const rise = height(value + slopes[name][n] * reach * (high - low)) - y;
    tangent.setAttribute("d", `M${(x - aside).toFixed(2)} ${(y - rise).toFixed(2)}L${(x + aside).toFixed(2)} ${(y + rise).toFixed(2)}`);
  }
}

for (const drawing of all("[data-moving]")) {
  const data = JSON.parse(drawing.dataset.moving), { letter, at, start, curves, slopes } = data;
  const said = (name, n) => `${name}: ${withMinus(curves[name][n])}${slopes ? data.slope.replace("{slope}", withMinus(slopes[name][n])) : ""}`;
  addSliders(drawing, [{ name: letter, count: at.length, first: start }], ([n]) => {
    for (const group of all("[data-scale]", drawing)) place(group, data, n);
    return { labels: [`${letter} = ${withMinus(at[n])}`], lines: Object.keys(curves).map(name => said(name, n)) };
  });
}
