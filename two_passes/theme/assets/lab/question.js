// The form in which a reader guesses the next number before it is shown.

import { make } from "../lib/elements.js";
import { decimalsOf } from "../lib/judge.js";
import { reply } from "./guess.js";
import { fill } from "./words.js";

export class Question {
  /** box: a form with a label, a field and an output. reveal(text) is called with what was said when the number may be shown. */
  constructor(box, { words, reveal }) {
    Object.assign(this, { box, words, open: false });
    this.label = box.querySelector("label");
    this.field = box.querySelector("input");
    this.output = box.querySelector("output");
    box.addEventListener("submit", event => {
      event.preventDefault();
      if (!this.open) return;
      const { right, text } = reply(this.field.value, this.about, words);
      if (right) reveal(text);
      else this.output.replaceChildren(make("span", {}, text)); // told again, also where it is the same
    });
    box.querySelector("[data-show]").addEventListener("click", () => {
      if (this.open) reveal(fill(words.shown, { value: this.about.written }));
    });
  }

  /** about: { symbol, answer, written, tree, value, spell }. */
  ask(about) {
    this.about = { ...about, decimals: decimalsOf(about.answer) };
    this.label.textContent = fill(this.words.guess, { symbol: about.symbol, n: this.about.decimals });
    this.field.value = "";
    this.output.textContent = "";
    this.set(true);
    this.field.focus({ preventScroll: true });
  }

  set(open) { this.open = open; this.box.hidden = !open; }
}
