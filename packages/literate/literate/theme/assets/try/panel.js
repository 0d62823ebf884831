// The fields under a card: its output, its table and a worked line follow what is typed. It is loaded at the first press.

import { make } from "../lib/elements.js";
import { fullAnswer, isRight, judge } from "../lib/judge.js";
import { leftOut } from "../lib/left-out.js";
import { exact, printed, written } from "../lib/numbers.js";
import { readDecimal, readNumber } from "../lib/typed-number.js";
import { workedLine } from "../lib/worked-line.js";
import { broken, Computation } from "./computation.js";
import { fresh } from "./fresh.js";

const DECIMALS = 3; // of a guess
const QUIET = 800; // ms without a change before a screen reader is told
const MINUS = "−";
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const typed = value => exact(value).replace("-", MINUS);
const isFixed = part => part.constructor === Object; // of the output: text that is not computed here
const loaded = new Map(); // address → what the build writes for a page

/** The panel of a card, not yet shown. Throws if a file cannot be had. */
export async function open(card, button) {
  const address = new URL(card.dataset.try, location.href.split("#")[0]).href;
  if (!loaded.has(address)) {
    const [answer] = await Promise.all([fetch(address), styled()]);
    if (!answer.ok) throw new Error(answer.statusText);
    loaded.set(address, await answer.json());
  }
  const { words, tex, cards } = loaded.get(address);
  return new Panel(card, button, cards[card.dataset.snippet], words, tex);
}

/** Load the style sheet of panels once. */
const styled = () => new Promise((done, failed) => {
  if (document.getElementById("tp-try")) { done(); return; }
  const sheet = make("link", { id: "tp-try", rel: "stylesheet", href: new URL("try.css", import.meta.url).href });
  sheet.onload = done;
  sheet.onerror = () => { sheet.remove(); failed(new Error("no style sheet")); };
  document.head.append(sheet);
});

const pressed = (text, press, css) => {
  const button = make("button", { type: "button", class: css }, text);
  button.addEventListener("click", press);
  return button;
};

class Panel {
  constructor(card, button, data, words, tex) {
    Object.assign(this, { card, button, data, words, tex });
    this.computation = new Computation(data);
    this.shownLines = this.computation.lines.filter(line => "left" in line);
    this.line = this.shownLines[0];
    this.hides = false; // whether the reader wants to guess first
    this.isKnown = true; // whether the value is shown now
    this.round = 0; // which set of fresh numbers
    this.code = card.querySelector(".tp-pane--output pre > code");
    this.original = this.code?.textContent;
    this.cells = [...card.querySelectorAll(".tp-symbols tr[data-symbol]")].map(row => row.cells[3]).filter(cell => cell.textContent);
    for (const cell of this.cells) cell.dataset.given = cell.textContent;
    this.build();
    this.update();
  }

  // ---- what it is made of

  build() {
    const { words, card } = this;
    const id = `${card.id}-try`;
    this.said = make("p", { class: "tp-try__said", role: "status" });
    this.worked = make("div", { class: "tp-worked" });
    this.body = make("div", { id, class: "tp-try__body", role: "group", "aria-labelledby": `${id}-button` },
      make("p", {}, words.inputs), this.renewing(), this.inputs(), this.said, this.choice(id), this.worked, this.guessing(id));
    this.body.hidden = true;
    this.spoken = make("p", { class: "tp-sr", role: "status" });
    this.note = make("p", {}, words.fixed);
    this.left = make("div", { class: "tp-try__left" }, make("span", {}, words.left), " ", pressed(words.reset, () => this.reset(), "tp-try__reset"), this.note);
    this.button.id = `${id}-button`;
    this.button.setAttribute("aria-controls", id);
    card.querySelector(".tp-card__foot").before(make("div", { class: "tp-try" }, this.left, this.body, this.spoken));
  }

  renewing() {
    this.counted = make("span", { role: "status" });
    return make("p", { class: "tp-try__fresh" }, pressed(this.words.fresh, () => this.renew(), "tp-try__reset"), " ", this.counted);
  }

  inputs() {
    const box = make("div", { class: "tp-try__inputs" });
    for (const input of this.data.inputs) {
      const drawn = make("span", { "aria-hidden": "true" });
      drawn.innerHTML = this.tex[input.tex]; // KaTeX's own output, made at build
      const grid = make("div", { class: "tp-try__grid" });
      const width = Array.isArray(input.values[0]) ? input.values[0].length : input.entries.length;
      const fields = this.computation.fields.filter(field => field.input === input);
      for (let k = 0; k < fields.length; k += width) grid.append(make("div", {}, ...fields.slice(k, k + width).map(field => this.field(field))));
      box.append(make("div", { class: "tp-try__input" }, make("div", { class: "tp-try__name" }, drawn, " ", make("span", {}, input.meaning)), grid));
    }
    return box;
  }

  field(field) {
    const box = make("input", { type: "text", autocomplete: "off", spellcheck: "false", "aria-label": `${field.symbol}: ${field.input.meaning}` });
    field.box = box;
    box.value = typed(field.given);
    box.addEventListener("input", () => {
      const value = readNumber(box.value);
      if (!broken(field.input, value)) this.set(field, value);
    });
    box.addEventListener("change", () => this.judgeField(field));
    box.addEventListener("keydown", event => {
      const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      const value = Number((field.value + by * (field.input.whole ? 1 : 0.1)).toPrecision(12));
      if (broken(field.input, value)) return;
      box.value = typed(value);
      this.set(field, value);
    });
    return box;
  }

  choice(id) {
    const select = make("select", { id: `${id}-entry` }, ...this.shownLines.map(line => make("option", {}, line.symbol)));
    select.addEventListener("change", () => { this.line = this.shownLines[select.selectedIndex]; this.update(); });
    this.select = select;
    const box = make("p", { class: "tp-try__choice" }, make("label", { for: select.id }, this.words.entry), select);
    box.hidden = this.shownLines.length < 2;
    return box;
  }

  guessing(id) {
    const { words } = this;
    const box = make("input", { type: "checkbox", id: `${id}-hide` });
    box.addEventListener("change", () => { this.hides = box.checked; this.update(); this.announce(); });
    this.guess = make("input", { id: `${id}-guess`, type: "text", autocomplete: "off" });
    this.asked = make("label", { for: this.guess.id });
    this.reply = make("output", { role: "status", for: this.guess.id });
    this.form = make("form", { class: "tp-answer" }, this.asked, this.guess, make("button", { type: "submit" }, words.check),
      pressed(words.show, () => this.reveal(), "tp-try__reset"), this.reply);
    this.form.addEventListener("submit", event => { event.preventDefault(); this.judgeGuess(); });
    return make("div", { class: "tp-try__guess" }, make("label", { class: "tp-solve" }, box, words.hide), this.form);
  }

  // ---- what the reader does

  get isShown() { return !this.body.hidden; }
  show(yes) {
    this.body.hidden = !yes;
    this.button.setAttribute("aria-expanded", String(yes));
    if (yes) this.body.querySelector("input").focus();
  }

  set(field, value) {
    this.counted.textContent = ""; // these are the reader's now
    field.value = value;
    this.valid(field);
    this.computation.run();
    if (!this.computation.depends(this.line, field.symbol)) this.line = this.shownLines.find(line => this.computation.depends(line, field.symbol)) ?? this.line;
    this.update();
    this.announce();
  }

  /** The next set of fresh numbers. */
  renew() {
    this.round += 1;
    const values = fresh(this.card.dataset.snippet, this.round, this.computation);
    this.computation.fields.forEach((field, k) => this.fill(field, values[k]));
    this.computation.run();
    this.counted.textContent = fill(this.words.set, { n: this.round });
    this.update();
    this.announce();
  }

  fill(field, value) {
    field.value = value;
    field.box.value = typed(value);
    this.valid(field);
  }

  valid(field) {
    field.box.removeAttribute("aria-invalid");
    if (!this.computation.fields.some(each => each.box.hasAttribute("aria-invalid"))) this.said.textContent = "";
  }

  judgeField(field) {
    const why = broken(field.input, readNumber(field.box.value));
    if (!why) { this.valid(field); return; }
    field.box.setAttribute("aria-invalid", "true");
    this.said.textContent = fill(this.words[why], { text: field.box.value, name: field.symbol, value: typed(field.value) });
  }

  reset() {
    for (const field of this.computation.fields) this.fill(field, field.given);
    this.computation.run();
    this.round = 0;
    this.counted.textContent = "";
    this.update();
    this.tell(this.words.back);
    if (this.isShown) this.body.querySelector("input").focus();
    else this.button.focus();
  }

  judgeGuess() {
    const { words, line } = this;
    const answer = this.computation.get(line.symbol), guess = readDecimal(this.guess.value);
    const state = judge(guess, answer, DECIMALS);
    const compute = tree => this.computation.value(tree, this.computation.values);
    const left = state === "not_yet" ? leftOut(line.tree, compute, value => isRight(guess.value, value, DECIMALS)) : null;
    this.reply.dataset.state = { right: "right", not_a_number: "unread" }[state] ?? "wrong";
    this.reply.textContent = left ? fill(words.without, left) : fill(words[state], { value: fullAnswer(answer, DECIMALS) });
    if (state === "right") this.reveal();
  }

  reveal() {
    this.isKnown = true;
    this.draw();
  }

  // ---- what it shows

  update() {
    this.isKnown = !this.hides;
    this.select.selectedIndex = this.shownLines.indexOf(this.line);
    this.form.hidden = !this.hides;
    this.asked.textContent = fill(this.words.guess, { name: this.line.symbol, n: DECIMALS });
    this.guess.value = this.reply.textContent = "";
    delete this.reply.dataset.state;
    const value = name => this.isKnown || name !== this.line.symbol ? this.computation.get(name) : null;
    this.drawn = workedLine(this.line, { tex: this.tex, named: name => name, value, call: tree => this.computation.value(tree, this.computation.values), activation: "sigma" });
    this.worked.replaceChildren(this.drawn.element);
    this.draw();
  }

  draw() {
    const { isOriginal } = this.computation;
    this.drawn.write();
    this.left.hidden = isOriginal;
    this.note.hidden = !this.data.output.some(isFixed);
    this.output(isOriginal && this.isKnown);
    for (const cell of this.cells) this.cell(cell, isOriginal && this.isKnown);
  }

  output(isOriginal) {
    if (!this.code) return;
    const parts = this.data.output.map(part => {
      if (typeof part === "string") return part;
      if (isFixed(part)) return make("span", { class: "tp-try__fixed" }, part.fixed);
      return make("span", { class: "tp-try__number" }, this.number(...part));
    });
    this.code.replaceChildren(...isOriginal ? [this.original] : parts);
  }

  /** A number as the example's `print` writes it. Where the reader guesses first, none is shown. */
  number(symbol, form) {
    if (!this.isKnown) return "?";
    const value = this.computation.get(symbol);
    if (form === "array" || !Number.isFinite(value)) return printed(value);
    return form === "python" ? String(value) : value.toFixed(form);
  }

  /** The value in a row of the table of symbols. */
  cell(cell, isOriginal) {
    const entries = this.data.quantities[cell.parentElement.dataset.symbol];
    const text = (each, depth = 0) => Array.isArray(each) ? each.map(one => text(one, depth + 1)).join(Array.isArray(each[0]) ? "; " : ", ")
      : this.isKnown || this.computation.fields.some(field => field.symbol === each) ? printed(this.computation.get(each)).replaceAll("-", MINUS) : "?";
    cell.textContent = isOriginal || !entries ? cell.dataset.given : text(entries);
    cell.classList.toggle("tp-try__fixed", !isOriginal && !entries);
  }

  // ---- what a screen reader is told, once the reader pauses

  announce() {
    clearTimeout(this.pause);
    this.pause = setTimeout(() => {
      const { line, words, computation } = this;
      const now = this.isKnown ? fill(words.now, { name: line.symbol, value: written(computation.get(line.symbol)) }) : words.hidden;
      this.tell(now + (computation.isOriginal ? "" : words.left));
    }, QUIET);
  }

  tell(text) {
    clearTimeout(this.pause);
    this.spoken.textContent = text;
  }
}
