// The drawn network (two_passes/figures/network.py), made to show other numbers and to be changed by hand.

import { make } from "../lib/elements.js";
import { fixed, short } from "../lib/numbers.js";
import { isGiven, rangeOf, rounded } from "./setup.js";

const size = v => Number.isFinite(v) ? Math.abs(v) / (1 + Math.abs(v)) : 1;

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
   * shown: symbol → value; a symbol without a value is not computed yet. stale: computed with parameters that have changed
   * since; now: computed by the line that was run last. mark: show for a moment which numbers have changed.
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

  /**
   * Weights, biases, inputs and the label become sliders, moved by dragging or by the arrow keys. name(symbol) gives its
   * meaning; choose(symbol) is called when it is focused, change(symbol, value) when it is moved.
   */
  makeEditable({ label, name, choose, value, change }) {
    const set = (symbol, to) => change(symbol, symbol[0] === "x" || symbol === "y" ? Math.min(1, Math.max(0, to)) : to); // a typed number may be outside
    this.art.setAttribute("role", "group");
    this.art.setAttribute("aria-label", label);
    for (const svg of this.art.querySelectorAll("svg")) svg.removeAttribute("aria-hidden");
    for (const part of this.art.querySelectorAll("svg > *")) if (!part.querySelector("[data-room]")) part.setAttribute("aria-hidden", "true");
    const order = ["x", "w1", "b1", "w2", "b2", "y"]; // of the tab stops: as in the forward pass, a matrix row by row
    const place = ({ symbol }) => order.findIndex(o => symbol.startsWith(o)) + symbol;
    for (const { g, symbol } of [...this.cells].sort((a, b) => place(a) < place(b) ? -1 : 1)) {
      if (!isGiven(symbol)) { g.setAttribute("aria-hidden", "true"); continue; }
      g.ownerSVGElement.append(g.parentElement);
      const [low, high] = rangeOf(symbol);
      const slider = { role: "slider", tabindex: 0, "aria-label": `${symbol}, ${name(symbol)}`, "aria-valuemin": low, "aria-valuemax": high };
      for (const [attribute, text] of Object.entries(slider)) g.setAttribute(attribute, text);
      g.classList.add("tp-held");
      g.addEventListener("focus", () => choose(symbol));
      g.addEventListener("keydown", event => {
        const step = { ArrowRight: 0.01, ArrowUp: 0.01, ArrowLeft: -0.01, ArrowDown: -0.01, PageUp: 0.1, PageDown: -0.1 }[event.key];
        const end = { Home: low, End: high }[event.key];
        if (!step && end === undefined) return;
        event.preventDefault();
        set(symbol, end ?? rounded(value(symbol) + step * (event.shiftKey ? 10 : 1)));
      });
      const grads = this.cells.filter(cell => cell.symbol === `dL_d${symbol}` && cell.g.ownerSVGElement === g.ownerSVGElement);
      for (const part of [g, ...grads.map(cell => cell.g)]) drag(part, () => value(symbol), to => { choose(symbol); set(symbol, to); }); // both rows can be dragged: one is too small for a finger
    }
  }
}

const CHANGED = 900; // ms that a changed number stays marked

function flash(g) {
  clearTimeout(g.flashing);
  g.classList.add("is-changed");
  g.flashing = setTimeout(() => g.classList.remove("is-changed"), CHANGED);
}

/** Drag sideways: each pixel of the drawing is a hundredth. */
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
      if (moved) g.addEventListener("click", e => e.stopPropagation(), { once: true, capture: true }); // a drag is not a tap: the pinned symbol stays
    };
    g.setPointerCapture(event.pointerId);
    g.addEventListener("pointermove", move);
    g.addEventListener("pointerup", stop, { once: true });
    g.addEventListener("pointercancel", stop, { once: true });
  });
}
