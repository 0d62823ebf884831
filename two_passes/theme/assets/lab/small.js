// The small form of the lab: a chapter's network, to be changed by hand. It is loaded when a reader first asks for it.

import { make } from "../lib/elements.js";
import { Bar, watchTyping } from "./fields.js";
import { Network } from "./network.js";
import { short } from "../lib/numbers.js";
import data from "./program.js";
import { defaults, isGiven, toHash } from "./setup.js";
import { Program, Simulation } from "./simulation.js";
import { fill, nameOf, warning } from "./words.js";

const { lab: words, meanings } = (await import(`./words-${document.documentElement.lang}.js`)).default;
const style = make("link", { rel: "stylesheet", href: new URL("held.css", import.meta.url) });
document.head.append(style);
await new Promise(done => { style.onload = style.onerror = done; });

const program = new Program(data);
const loss = program.lines.findIndex(line => line.stage === "loss") + 1;

/** figure: a `.tp-figure--network` with `data-live`: forward, backward or update. lab: the address of the live lab. */
export function openSmallLab(figure, lab) {
  const updates = figure.dataset.live === "update";
  const steps = figure.dataset.live === "forward" ? loss : data.lines.length;
  let run = new Simulation(program, { ...defaults(data), steps });
  let chosen = "w1_11";

  const box = make("div", { class: "tp-small" });
  const said = make("p", { role: "status" });
  const link = make("a", { href: lab }, words.small_more);
  const button = (text, act, css = "") => {
    const made = make("button", { type: "button", class: css }, text);
    made.addEventListener("click", act);
    return made;
  };
  const again = () => { run = new Simulation(program, { ...defaults(data), steps }); draw(); say(""); };
  const does = make("div", { class: "tp-small__does" }, button(words.small_close, again), link);
  if (updates) {
    const update = button(words.update, () => {
      run.seek((run.cycle + 1) * run.length + steps);
      draw();
      say(fill(words.updated, { n: run.cycle, value: short(run.losses.at(-1), 4) }));
    }, "is-first");
    does.prepend(update);
  }
  const bar = new Bar(make("div"), { data, words, meanings, set, unread: () => say(words.unread) });
  box.append(bar.box, said, does);
  watchTyping(box);
  figure.querySelector(".tp-figure__art").after(box);

  function set(symbol, value) {
    const { setup } = run;
    const next = { ...setup, steps, examples: setup.examples.map(e => [...e]), start: Object.fromEntries(data.parameters.map((p, i) => [p, run.state.w[i]])) };
    if (symbol in next.start) next.start[symbol] = value;
    else next.examples[0][{ x_1: 0, x_2: 1, y: 2 }[symbol]] = value;
    run = new Simulation(program, next);
    draw();
    say(warning(run, words) || fill(words.edited, { symbol, value: short(Math.fround(value), 6) }));
  }
  function say(text) { said.textContent = text; }
  function draw() {
    const shown = run.quantities();
    network.show(shown, undefined, { mark: true });
    bar.show(chosen, shown.get(chosen));
    const hash = toHash({ ...run.setup, steps: data.lines.length + run.cycle * run.length }, data);
    link.href = lab + (hash ? `#${hash}` : "");
  }

  const network = new Network(figure.querySelector(".tp-figure__art"));
  network.makeEditable({ label: words.network, name: symbol => nameOf(symbol, words), choose: symbol => { chosen = symbol; draw(); }, value: symbol => run.quantities().get(symbol), change: set });
  figure.addEventListener("click", event => {
    const symbol = event.target.closest("[data-symbol]")?.dataset.symbol;
    if (symbol && run.quantities().has(symbol) && !isGiven(symbol)) { chosen = symbol; draw(); }
  });
  draw();
  if (document.activeElement.matches("body, :disabled")) bar.slider.focus(); // unless the reader has focused something else meanwhile
}
