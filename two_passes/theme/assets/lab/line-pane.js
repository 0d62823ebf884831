// The line of the program that was run last: its formula with the numbers of the moment, and its place in the code.

import { make } from "../lib/elements.js";
import { fill } from "./words.js";
import { workedLine } from "../lib/worked-line.js";

/** What a line computes: one entry each, or, of an update, what it is for the chosen parameter. */
export const entriesOf = line => !line ? [] : line.stage === "update" ? [line] : line.entries;

/** The formulas of the update are written for any parameter w: their names for one. */
export const namesFor = (line, parameter) => symbol => {
  if (line?.stage !== "update") return symbol;
  if (symbol === "w" || symbol === "w_t") return parameter;
  if (symbol === "g") return "dL_d" + parameter;
  return /^[mv](_hat|_t)?$/.test(symbol) ? `${symbol.replace("_t", "")}_${parameter}` : symbol;
};

export class LinePane {
  /** root: of the lab. */
  constructor(root, { data, program, words }) {
    Object.assign(this, { data, program, words, key: null, lines: [] });
    [this.worked, this.code, this.now, this.each] = ["worked", "code", "now", "each"].map(name => root.querySelector(`[data-${name}]`));
  }

  /** The line where the run stands. parameter: the one for which an update is shown. */
  show(run, parameter) {
    this.run = run; // another one may stand at the same line
    const { line, setup } = run;
    const update = run.stage === "update";
    const key = `${setup.optimizer} ${setup.activation} ${setup.eta} ${line ? (line.name ?? line.symbol) + run.done : ""} ${update ? parameter : ""}`;
    if (this.key !== key) {
      this.key = key;
      this.draw(run, line, parameter, symbol => this.run.get(symbol), tree => this.program.value(tree, this.run.values));
      if (this.row) this.row.setAttribute("aria-current", "step");
    }
    for (const each of this.lines) each.write();
    this.each.hidden = !update;
    this.each.textContent = fill(this.words.each_parameter, { symbol: parameter });
  }

  /** A line that has not run yet, with a question mark for what it will compute. values: of its other symbols. */
  ask(run, line, parameter, values) {
    this.key = null;
    const hidden = new Set(entriesOf(line).map(entry => entry.symbol));
    this.draw(run, line, parameter, symbol => hidden.has(symbol) ? null : values[this.program.place(symbol)], tree => this.program.value(tree, values));
    for (const each of this.lines) each.write();
  }

  draw(run, line, parameter, value, call) {
    const named = namesFor(line, parameter);
    const tools = { tex: this.data.tex, named, value, call, activation: run.setup.activation };
    this.lines = entriesOf(line).map(entry => workedLine(entry, tools));
    this.worked.replaceChildren(...this.lines.map(each => each.element));
    this.worked.parentElement.scrollTop = 0;
    this.drawCode(run, line, named);
  }

  drawCode(run, line, named) {
    const { data } = this;
    const update = line?.stage === "update";
    const call = update ? `optimizer = ${data.calls.optimizers[run.setup.optimizer].replace("=eta", `=${run.setup.eta}`)}`
      : `sigma, sigma_prime = ${data.calls.activations[run.setup.activation].slice(1, -1)}`;
    const rows = (update ? run.optimizer.code : data.code).map((html, k) => {
      const row = make("span", { class: "tp-lab__row" });
      row.innerHTML = html; // Pygments' output, made at build
      const of = (update ? run.optimizer.lines : this.program.lines).find(l => l.row === k);
      if (of) row.dataset.symbol = update ? named(of.symbol) : of.name;
      if (update) for (const each of row.querySelectorAll("[data-symbol]")) each.dataset.symbol = named(each.dataset.symbol);
      if (line?.row === k) row.classList.add("is-now", `is-${line.stage}`);
      return row;
    });
    this.code.replaceChildren(make("span", { class: "tp-lab__row tp-lab__call" }, call), ...rows);
    this.row = rows.find(row => row.classList.contains("is-now"));
    this.now.textContent = this.row?.textContent.trim() ?? "";
    this.scroll();
  }

  /** Bring the marked line into the code's own window; the page stays where it is. */
  scroll() {
    const { row } = this;
    const box = this.code.parentElement;
    if (row && (row.offsetTop < box.scrollTop || row.offsetTop + row.offsetHeight > box.scrollTop + box.clientHeight)) box.scrollTop = row.offsetTop - box.clientHeight / 2;
  }
}
