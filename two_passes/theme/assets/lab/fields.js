// Number fields and sliders, and the bar under a network with the chosen number.

import { stem } from "../lib/symbol-names.js";
import { readNumber } from "../lib/typed-number.js";
import { make } from "../lib/elements.js";
import { exact, short } from "../lib/numbers.js";
import { isGiven, rangeOf, rounded } from "./setup.js";
import { nameOf } from "./words.js";

/** The number in a field; null if it is not one. `nan` and `inf` are accepted, because their effect is worth seeing. */
export function numberIn(text) {
  const plain = text.trim().toLowerCase().replace("−", "-");
  const known = { nan: NaN, inf: Infinity, "-inf": -Infinity, infinity: Infinity, "-infinity": -Infinity };
  if (plain in known) return known[plain];
  const value = readNumber(text);
  return Number.isNaN(value) ? null : value;
}

/** Say at the field itself why the text was refused: on a phone the status line is out of view. */
export function refuse(field, value, why) {
  field.value = typed(value);
  field.setCustomValidity(why);
  field.reportValidity();
  addEventListener("pointerdown", () => field.setCustomValidity(""), { once: true });
  field.addEventListener("input", () => field.setCustomValidity(""), { once: true });
}

/** Know in which fields within `root` something stands that was not taken yet: they are not overwritten. */
export function watchTyping(root) {
  const over = ({ target }) => { delete target.dataset.typing; };
  root.addEventListener("input", ({ target }) => { if (target.type === "text") target.dataset.typing = ""; });
  root.addEventListener("keydown", event => { if (event.key === "Enter") over(event); });
  for (const name of ["change", "focusout"]) root.addEventListener(name, over);
}
export const isTyping = field => "typing" in field.dataset;

/** A value as a field shows it, with a real minus sign. */
export const typed = value => value === undefined ? "" : exact(value).replace("-", "−");

export class Bar {
  /** set(symbol, value) is called when the reader changes the number; unread() when the text is not a number. */
  constructor(box, { data, words, meanings, set, unread }) {
    Object.assign(this, { box, data, words, meanings, set });
    const id = `bar-${document.querySelectorAll(".tp-bar label").length}`;
    this.drawn = make("span", { "aria-hidden": "true" });
    this.code = make("code");
    this.meaning = make("span");
    this.slider = make("input", { type: "range" });
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
    this.slider.addEventListener("input", () => set(this.symbol, valueAt(this.slider, this.symbol)));
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
      this.drawn.innerHTML = this.data.tex[this.data.symbols[symbol]] ?? ""; // KaTeX's output; what an optimizer keeps has a name in code only
      this.code.textContent = symbol;
      this.meaning.textContent = nameOf(symbol, this.words) || (this.meanings[stem(symbol)] ?? "");
      this.slider.setAttribute("aria-label", `${symbol}, ${this.meaning.textContent}`);
    }
    this.value = value;
    const given = isGiven(symbol) || symbol === "eta";
    this.computed.hidden = given;
    for (const each of [this.slider, ...this.steps]) each.hidden = !given;
    this.field.readOnly = !given;
    slide(this.slider, symbol, value);
    if (!isTyping(this.field) || !given) this.field.value = typed(value);
  }
}

/** The value at a slider's position. */
export const valueAt = (slider, symbol) => symbol === "eta" ? Number((10 ** slider.value).toPrecision(2)) : Number(slider.value);

/** Bring a slider to a value. */
export function slide(slider, symbol, value) {
  const [low, high] = rangeOf(symbol);
  Object.assign(slider, { min: low, max: high, step: 0.01 });
  slider.value = symbol === "eta" ? Math.log10(Math.max(value, 1e-3)) : value;
  slider.setAttribute("aria-valuetext", value === undefined ? "" : short(value, 4));
}
