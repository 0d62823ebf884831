// The loss curve and the predictions over the input square.

import { label, make } from "../lib/elements.js";
import { fixed, short } from "../lib/numbers.js";
import { rounded } from "./setup.js";

const POINTS = 240; // more are not visible on a chart of this size

/** losses: of this run; before: of the run that it started from, drawn behind it. */
export function drawCurve(svg, losses, before = []) {
  const box = { left: 40, right: 306, top: 12, bottom: 186 };
  const last = losses.length - 1;
  const longest = Math.max(last, before.length - 1);
  const across = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000].find(n => n > longest) ?? longest + 1;
  let most = 0.8;
  for (const v of [...losses, ...before]) if (v > most && Number.isFinite(v)) most = v;
  const up = [0.8, 1.2, 2, 4, 8, 20, 50, 100, 1000].find(n => n >= most) ?? most;
  const x = n => box.left + (box.right - box.left) * n / across;
  const y = v => box.bottom - (box.bottom - box.top) * Math.min(v, up) / up;
  const parts = [];
  for (let k = 0; k <= 4; k++) {
    const v = up * k / 4;
    parts.push(make("path", { d: `M${box.left} ${y(v)}H${box.right}`, class: "tp-hair" }), label(box.left - 6, y(v) + 4, short(v, up < 4 ? 1 : 0), "end"));
  }
  for (let k = 0; k <= 2; k++) parts.push(label(x(across * k / 2), box.bottom + 20, String(across * k / 2), "middle"));
  const reference = y(Math.LN2);
  parts.push(make("path", { d: `M${box.left} ${reference}H${box.right}`, class: "tp-reference" }), label(box.right + 4, reference + 4, "ln 2", "start"));
  const line = of => {
    const step = Math.max(1, Math.ceil(of.length / POINTS));
    let path = "";
    let pen = false;
    of.forEach((v, n) => {
      if (n % step && n !== of.length - 1) return;
      if (Number.isFinite(v)) path += `${pen ? "L" : "M"}${x(n).toFixed(1)} ${y(v).toFixed(1)}`;
      pen = Number.isFinite(v);
    });
    return path || "M0 0";
  };
  if (before.length) parts.push(make("path", { d: line(before), class: "tp-curve tp-curve--before" }));
  parts.push(make("path", { d: line(losses), class: "tp-curve" }));
  const now = losses[last];
  if (Number.isFinite(now)) {
    const late = x(last) > 240;
    parts.push(make("circle", { cx: x(last), cy: y(now), r: 4.5, class: "tp-dot tp-dot--open" }),
      label(x(last) + (late ? -9 : 9), y(now) - 8, fixed(now, 4, 8), late ? "end" : "start", "tp-v tp-v--head"));
  }
  svg.replaceChildren(...parts);
}

export class Surface {
  constructor(box, { move }) {
    this.canvas = box.querySelector("canvas");
    this.svg = box.querySelector("svg");
    this.size = this.canvas.width;
    this.side = { left: 24, top: 8, length: 184 };
    let held = null;
    const at = event => {
      const place = this.svg.getBoundingClientRect();
      const scale = 232 / place.width;
      return [((event.clientX - place.left) * scale - this.side.left) / this.side.length, 1 - ((event.clientY - place.top) * scale - this.side.top) / this.side.length];
    };
    const nearest = event => {
      const [a, b] = at(event);
      const [distance, k] = this.examples.map(([x1, x2], n) => [Math.hypot(x1 - a, x2 - b), n]).sort((p, q) => p[0] - q[0])[0];
      return distance < 0.14 ? k : null;
    };
    // A finger on a point drags it; anywhere else it scrolls the page
    this.svg.addEventListener("touchstart", event => { if (nearest(event.touches[0]) !== null) event.preventDefault(); }, { passive: false });
    this.svg.addEventListener("pointerdown", event => {
      held = nearest(event);
      if (held === null) return;
      this.svg.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    this.svg.addEventListener("pointermove", event => {
      if (held === null) return;
      move(held, at(event).map(v => rounded(Math.min(1, Math.max(0, v)))));
    });
    for (const name of ["pointerup", "pointercancel"]) this.svg.addEventListener(name, () => { held = null; });
  }

  /** grid: ŷ row by row from the top; used: whether the k-th example is trained on. */
  draw(grid, examples, used) {
    const { size } = this;
    this.examples = examples;
    const pen = this.canvas.getContext("2d");
    const ink = getComputedStyle(this.canvas).color.match(/[\d.]+/g).map(Number); // --tp-fwd, set by the style sheet
    const image = pen.createImageData(size, size);
    grid.forEach((p, k) => image.data.set([ink[0], ink[1], ink[2], Number.isNaN(p) ? 0 : Math.round(p * 8) / 8 * 112], 4 * k));
    pen.putImageData(image, 0, 0);
    const { left, top, length } = this.side;
    const x = v => left + v * length;
    const y = v => top + (1 - v) * length;
    const parts = [make("rect", { x: left, y: top, width: length, height: length, class: "tp-frame" }), make("path", { d: this.contour(grid) || "M0 0", class: "tp-curve" })];
    parts.push(label(left - 4, top + 10, "1", "end"), label(left - 4, top + length, "0", "end"), label(left, top + length + 16, "0", "middle"), label(left + length, top + length + 16, "1", "middle"),
      make("text", { x: left + length / 2, y: top + length + 18, class: "tp-m", "font-size": 15, "text-anchor": "middle" }, "x₁"),
      make("text", { x: left - 18, y: top + length / 2, class: "tp-m", "font-size": 15 }, "x₂"));
    examples.forEach(([x1, x2, label_], k) => {
      const [cx, cy] = [x(Math.min(1, Math.max(0, x1))) || 0, y(Math.min(1, Math.max(0, x2))) || 0];
      const css = `tp-point${label_ >= 0.5 ? " is-one" : ""}${used(k) ? "" : " is-idle"}`;
      parts.push(k === 0 ? make("circle", { cx, cy, r: 6, class: css }) : make("rect", { x: cx - 5.5, y: cy - 5.5, width: 11, height: 11, class: css }),
        make("text", { x: cx + 10, y: cy - 7, class: "tp-v tp-v--head", "font-size": 12 }, "AB"[k]));
    });
    this.svg.replaceChildren(...parts);
  }

  /** Where ŷ is one half, by marching squares over the cells' centres. */
  contour(grid) {
    const { size } = this;
    const { left, top, length } = this.side;
    const at = (row, column) => grid[row * size + column] - 0.5;
    const place = (row, column) => `${(left + (column + 0.5) / size * length).toFixed(1)} ${(top + (row + 0.5) / size * length).toFixed(1)}`;
    const between = (r0, c0, r1, c1) => {
      const share = at(r0, c0) / (at(r0, c0) - at(r1, c1));
      return place(r0 + share * (r1 - r0), c0 + share * (c1 - c0));
    };
    let path = "";
    for (let r = 0; r + 1 < size; r++) {
      for (let c = 0; c + 1 < size; c++) {
        const corners = [[r, c], [r, c + 1], [r + 1, c + 1], [r + 1, c]];
        const cut = corners.map((a, k) => [a, corners[(k + 1) % 4]]).filter(([a, b]) => (at(...a) > 0) !== (at(...b) > 0)).map(([a, b]) => between(...a, ...b));
        for (let k = 0; k + 1 < cut.length; k += 2) path += `M${cut[k]}L${cut[k + 1]}`;
      }
    }
    return path;
  }
}
