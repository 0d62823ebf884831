// What the live lab and its small form draw alike: the network's numbers and lanes, worked lines, loss curve, decision surface.

import { readNumber, stem } from "../tp.js";
import { exact, fixed, short, written } from "./numbers.js";

const SVG = "http://www.w3.org/2000/svg";

export function make(tag, attributes = {}, ...children) {
  const element = document.createElementNS(["path", "line", "text", "circle", "rect", "g"].includes(tag) ? SVG : "http://www.w3.org/1999/xhtml", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export const isGiven = symbol => /^([wb]\d_|x_|y$)/.test(symbol);
const size = v => Number.isFinite(v) ? Math.abs(v) / (1 + Math.abs(v)) : 1;

/** The drawing of `figures/network.py`, made to show other numbers. */
export class Network {
  constructor(art) {
    this.art = art;
    this.cells = [...art.querySelectorAll("[data-symbol][data-room]")].map(g => ({
      g, symbol: g.dataset.symbol, room: Number(g.dataset.room), text: g.querySelector("text:last-of-type"), back: Boolean(g.closest(".tp-bwd")),
    }));
    this.lanes = [...art.querySelectorAll("[data-wire]")].map(g => {
      const back = g.classList.contains("tp-bwd");
      const line = g.querySelector(".tp-lane");
      const reach = line.cloneNode();
      reach.setAttribute("class", "tp-reach");
      g.append(reach);
      if (g.dataset.wire !== "L") g.dataset.symbol = (back ? "dL_d" : "") + g.dataset.wire;
      return { g, line, back, symbol: g.dataset.symbol };
    });
  }

  /**
   * shown: symbol → value; a symbol that is not in it is not computed yet. stale: made by parameters that have changed since;
   * now: made by the line that was run last. mark: show for a moment which numbers have changed.
   */
  show(shown, stale = () => false, { now = () => false, mark = false } = {}) {
    for (const { g, symbol, room, text, back } of this.cells) {
      const value = shown.get(symbol);
      const words = value === undefined ? "" : symbol === "y" ? `= ${short(value, 4, room).replace(/\.0$/, "")}` : (back ? fixed : short)(value, 4, room);
      if (text.textContent !== words) {
        text.textContent = words;
        if (mark && words) flash(g);
      }
      if (value === undefined) delete g.dataset.value;
      else g.dataset.value = String(value);
      g.classList.toggle("is-stale", value !== undefined && stale(symbol));
      g.classList.toggle("is-now", now(symbol));
      if (g.role === "slider") {
        g.setAttribute("aria-valuenow", Number.isFinite(value) ? value : 0);
        const slope = shown.get(`dL_d${symbol}`);
        g.setAttribute("aria-valuetext", words.replace("= ", "") + (slope === undefined ? "" : `, ∂ ${fixed(slope, 4)}`));
      }
    }
    for (const { g, line, back, symbol } of this.lanes) {
      const value = symbol ? shown.get(symbol) : shown.get("L");
      g.classList.toggle("is-off", value === undefined || (back && value === 0));
      line.style.strokeWidth = value === undefined ? 1 : (0.9 + 4.2 * size(back ? 3 * value : value)).toFixed(2);
    }
  }

  /** Weights, biases, inputs and the label become sliders: drag, or the arrow keys. */
  hold({ label, name, choose, value, change }) {
    const set = (symbol, to) => change(symbol, symbol[0] === "x" || symbol === "y" ? Math.min(1, Math.max(0, to)) : to); // what is typed may lie outside
    this.art.setAttribute("role", "group");
    this.art.setAttribute("aria-label", label);
    for (const svg of this.art.querySelectorAll("svg")) svg.removeAttribute("aria-hidden");
    for (const part of this.art.querySelectorAll("svg > *")) if (!part.querySelector("[data-room]")) part.setAttribute("aria-hidden", "true");
    const order = ["x", "w1", "b1", "w2", "b2", "y"]; // of the tab stops: the way of the forward pass
    for (const { g, symbol } of [...this.cells].sort((a, b) => order.findIndex(o => a.symbol.startsWith(o)) - order.findIndex(o => b.symbol.startsWith(o)))) {
      if (!isGiven(symbol)) { g.setAttribute("aria-hidden", "true"); continue; }
      g.ownerSVGElement.append(g.parentElement);
      const range = /^[wb]/.test(symbol) ? [-3, 3] : [0, 1];
      const said = { role: "slider", tabindex: 0, "aria-label": `${symbol}, ${name(symbol)}`, "aria-valuemin": range[0], "aria-valuemax": range[1] };
      for (const [attribute, text] of Object.entries(said)) g.setAttribute(attribute, text);
      g.classList.add("tp-held");
      g.addEventListener("focus", () => choose(symbol));
      g.addEventListener("keydown", event => {
        const step = { ArrowRight: 0.01, ArrowUp: 0.01, ArrowLeft: -0.01, ArrowDown: -0.01, PageUp: 0.1, PageDown: -0.1 }[event.key];
        if (!step) return;
        event.preventDefault();
        set(symbol, rounded(value(symbol) + step * (event.shiftKey ? 10 : 1)));
      });
      const grads = this.cells.filter(cell => cell.symbol === `dL_d${symbol}` && cell.g.ownerSVGElement === g.ownerSVGElement);
      for (const part of [g, ...grads.map(cell => cell.g)]) drag(part, () => value(symbol), to => { choose(symbol); set(symbol, to); }); // a finger takes both rows
    }
  }
}

const CHANGED = 900; // ms that a changed number stays marked

function flash(g) {
  clearTimeout(g.flashing);
  g.classList.add("is-changed");
  g.flashing = setTimeout(() => g.classList.remove("is-changed"), CHANGED);
}

/** Drag sideways: a hundredth for each pixel of the drawing. */
function drag(g, from, to) {
  g.classList.add("tp-drag");
  g.addEventListener("pointerdown", event => {
    const start = { x: event.clientX, value: from(), pixel: 1 / Math.max(0.3, g.getBoundingClientRect().width / 96) };
    let moved = false;
    const move = e => {
      if (!moved && Math.abs(e.clientX - start.x) < 3) return;
      moved = true;
      to(rounded(start.value + (e.clientX - start.x) * start.pixel / 100));
    };
    const stop = () => {
      g.removeEventListener("pointermove", move);
      if (moved) g.addEventListener("click", e => e.stopPropagation(), { once: true, capture: true }); // a drag is no tap: what is pinned stays
    };
    g.setPointerCapture(event.pointerId);
    g.addEventListener("pointermove", move);
    g.addEventListener("pointerup", stop, { once: true });
    g.addEventListener("pointercancel", stop, { once: true });
  });
}

/** To hundredths, as a drag and the arrow keys step; what is far off keeps its digits. */
export const rounded = value => Math.abs(value) < 1e6 ? Math.round(value * 100) / 100 : value;

// ---- the bar under the network: one number, to be slid, stepped or typed ----------------------------------------------------------

/** What a field holds; `nan` and `inf` are numbers here, for what they do is a lesson too. null where it is none. */
export function numberIn(text) {
  const bare = text.trim().toLowerCase().replace("−", "-");
  const known = { nan: NaN, inf: Infinity, "-inf": -Infinity, infinity: Infinity, "-infinity": -Infinity };
  if (bare in known) return known[bare];
  const value = readNumber(text);
  return Number.isNaN(value) ? null : value;
}

/** Say at the field itself why what was typed was not taken: on a phone, the line that tells all else is out of sight. */
export function refuse(field, value, why) {
  field.value = typed(value);
  field.setCustomValidity(why);
  field.reportValidity();
  addEventListener("pointerdown", () => field.setCustomValidity(""), { once: true });
  field.addEventListener("input", () => field.setCustomValidity(""), { once: true });
}

/** A value as a field shows it: as it is typed, with a true minus. */
export const typed = value => value === undefined ? "" : exact(value).replace("-", "−");

export class Bar {
  /** set(symbol, value) is called with what the reader wants; unread() where it is no number. */
  constructor(box, { data, words, meanings, set, unread }) {
    Object.assign(this, { box, data, meanings, set });
    const id = `bar-${document.querySelectorAll(".tp-bar label").length}`;
    this.drawn = make("span", { "aria-hidden": "true" });
    this.code = make("code");
    this.meaning = make("span");
    this.slider = make("input", { type: "range", "aria-label": words.chosen });
    this.field = make("input", { id, type: "text", autocomplete: "off", spellcheck: "false" });
    this.computed = make("span", { class: "tp-bar__computed" }, words.computed);
    const button = (name, sign, by) => {
      const made = make("button", { type: "button", "aria-label": words[name] }, sign);
      made.addEventListener("click", () => set(this.symbol, this.symbol === "eta" ? this.value * 1.25 ** by : rounded(this.value + 0.05 * by)));
      return made;
    };
    this.steps = [button("less", "−", -1), button("more", "+", 1)];
    box.classList.add("tp-bar");
    box.append(make("label", { for: id }, this.drawn, " ", this.code, " ", this.meaning), this.steps[0], this.slider, this.steps[1], this.field, this.computed);
    this.slider.addEventListener("input", () => set(this.symbol, this.symbol === "eta" ? Number((10 ** this.slider.value).toPrecision(2)) : Number(this.slider.value)));
    const read = () => {
      const value = numberIn(this.field.value);
      if (value === null) { refuse(this.field, this.value, words.unread); unread(); return; }
      this.field.value = typed(value);
      if (!Object.is(Math.fround(value), Math.fround(this.value))) set(this.symbol, value);
    };
    this.field.addEventListener("change", read);
    this.field.addEventListener("keydown", event => event.key === "Enter" && read());
  }

  show(symbol, value) {
    if (symbol !== this.symbol) {
      this.symbol = symbol;
      this.drawn.innerHTML = this.data.tex[this.data.symbols[symbol]] ?? ""; // KaTeX's own output; what an optimizer keeps has a name in code only
      this.code.textContent = symbol;
      const name = stem(symbol);
      this.meaning.textContent = this.meanings[name] ?? "";
    }
    this.value = value;
    const given = isGiven(symbol) || symbol === "eta";
    this.computed.hidden = given;
    for (const each of [this.slider, ...this.steps]) each.hidden = !given;
    this.field.readOnly = !given;
    slide(this.slider, symbol, value);
    if (document.activeElement !== this.field || !given) this.field.value = typed(value);
  }
}

/** Sliders: weights and biases from −3 to 3, inputs and the label from 0 to 1, the learning rate by powers of ten. */
export function slide(slider, symbol, value) {
  const [low, high] = symbol === "eta" ? [-3, 1] : /^[wb]\d/.test(symbol) ? [-3, 3] : [0, 1];
  Object.assign(slider, { min: low, max: high, step: 0.01 });
  slider.value = symbol === "eta" ? Math.log10(Math.max(value, 1e-3)) : value;
  slider.setAttribute("aria-valuetext", value === undefined ? "" : short(value, 4));
}

// ---- worked lines: symbols over digits, as `panes._worked_line` draws them ----------------------------------------------------

const SHORT = 8; // columns within parentheses that stay on one line

/** The line's element and a function that writes the digits of other values into it. */
export function workedLine(entry, { tex, named, value, call, activation }) {
  const columns = [[entry.left, [[entry.symbol]], entry.symbol, 0], "=", ...entry.columns];
  const writers = [];
  const groups = [make("span")];
  let afterSign = false;
  let whole = -1;
  columns.forEach((column, k) => {
    const sign = typeof column === "string";
    if (column === "(" && k > whole) {
      const end = closing(columns, k);
      if (end - k <= SHORT) whole = end;
    }
    if (sign && "=+−×÷".includes(column) && !afterSign && k > whole) groups.push(make("span"));
    const guarded = k > 2 && afterSign && columns[k - 1] !== "("; // behind a sign, but not behind "="
    afterSign = sign && column !== ")";
    const span = make("span", { class: `tp-worked__column${k === 0 ? " tp-worked__result" : sign ? " tp-worked__sign" : ""}` });
    if (sign) {
      span.append(make("span", {}, column), make("span", { class: "tp-worked__digits" }, column));
    } else {
      const [at, parts, symbol, tree] = column;
      if (symbol) span.dataset.symbol = named(symbol);
      const above = make("span");
      above.innerHTML = tex[at]; // KaTeX's own output, made at build
      const digits = make("span", { class: "tp-worked__digits" });
      span.append(above, digits);
      writers.push(() => raise(digits, parenthesised(text(parts, value, activation), guarded)));
      if (tree) {
        const below = make("span", { class: "tp-worked__value" });
        span.append(below);
        writers.push(() => { below.textContent = parenthesised(written(call(tree)), guarded); });
      }
    }
    groups.at(-1).append(span);
  });
  const spoken = make("span", { class: "tp-sr" }); // names, then digits: for those who listen
  const seen = make("div", { "aria-hidden": "true" }, ...groups);
  const deep = entry.columns.length > 1 && entry.columns.some(c => c[3]);
  const element = make("div", { class: `tp-worked__line${tex[entry.left].includes("mfrac") ? " has-slope" : ""}${deep ? " has-value" : ""}` }, spoken, seen);
  return {
    element,
    write() {
      for (const one of writers) one();
      const names = columns.map(c => typeof c === "string" ? c : text(c[1], null, activation, named)).join(" ");
      spoken.textContent = `${names}: ${[...seen.querySelectorAll(".tp-worked__digits")].map(d => d.textContent).join(" ")}. `;
    },
  };
}

function closing(columns, at) {
  let depth = 0;
  for (let k = at; k < columns.length; k++) {
    depth += (columns[k] === "(") - (columns[k] === ")");
    if (!depth) return k;
  }
  return columns.length;
}

const parenthesised = (text, when) => when && text.startsWith("−") && text.length > 1 ? `(${text})` : text;

/** The digits of a column; without `value` the names. */
function text(parts, value, activation, named) {
  return parts.map(part => {
    if (typeof part === "string") return part.replace(/^sigma/, activation);
    if (Array.isArray(part)) return value ? written(value(part[0])) : named(part[0]);
    return parenthesised(text(part.guard, value, activation, named), true);
  }).join("");
}

function raise(element, words) { // ^{…} becomes a superscript
  const pieces = words.split(/\^\{([^}]*)\}/);
  element.replaceChildren(...pieces.map((piece, k) => k % 2 ? make("sup", {}, piece) : piece));
}

// ---- the loss curve -----------------------------------------------------------------------------------------------------------

const POINTS = 240; // more are not seen on so small a chart

/** losses: of this run; before: of the one that it began from, drawn behind it. */
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

function label(x, y, words, anchor, css = "tp-v") {
  return make("text", { x, y, class: css, "font-size": 12, "text-anchor": anchor }, words);
}

// ---- the decision surface --------------------------------------------------------------------------------------------------------

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
    const ink = getComputedStyle(this.canvas).color.match(/[\d.]+/g).map(Number); // --tp-fwd, as the style sheet sets it
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
