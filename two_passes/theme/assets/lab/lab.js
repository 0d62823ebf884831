// The page of the live lab: its controls, its panes, its state in the address.

import { stem } from "../lib/symbol-names.js";
import { copy, relight, unpin } from "../tp.js";
import { Surface, drawCurve } from "./charts.js";
import { make } from "../lib/elements.js";
import { Bar, isTyping, numberIn, refuse, slide, typed, valueAt, watchTyping } from "./fields.js";
import { History } from "./history.js";
import { LinePane, entriesOf, namesFor } from "./line-pane.js";
import { Network } from "./network.js";
import { fixed, short, written } from "../lib/numbers.js";
import data from "./program.js";
import { Question } from "./question.js";
import { MOST, copied, defaults, fromHash, isGiven, toHash } from "./setup.js";
import { Program, Simulation } from "./simulation.js";
import { drawTables } from "./tables.js";
import { fill, lineInWords, nameOf, warning } from "./words.js";

const root = document.getElementById("lab");
const { lab: words, meanings } = (await import(`./words-${root.dataset.lang}.js`)).default;
const $ = selector => root.querySelector(selector);
const $$ = selector => [...root.querySelectorAll(selector)];
const calm = matchMedia("(prefers-reduced-motion: reduce)");

const program = new Program(data);
const isEntry = symbol => data.parameters.includes(symbol);
let run = new Simulation(program, fromHash(location.hash, data) ?? defaults(data));
let chosen = "w1_11";       // the symbol in the bar under the network
let before = [];            // the losses of the previous run, which this one started from
let guessing = false;       // whether the next line asks for a guess
let running = null;         // the next frame of a continuous run
const parameter = () => isEntry(chosen) ? chosen : isEntry(chosen.replace("dL_d", "")) ? chosen.replace("dL_d", "") : data.parameters[0];

// ---- changes: each begins a new run from what is on the screen --------------------------------------------

/** Begin another run. The curve of the one before stays behind it, if it is more than a point. */
function start(setup) {
  if (run.losses.length > 1) before = [...run.losses];
  run = new Simulation(program, setup);
  question.set(false);
}
/** Do what can be undone. What follows it and is of the same kind is undone with it. */
function undoable(act, kind) {
  const left = fragment();
  act();
  if (fragment() !== left) past.leave(left, kind);
}
function change(edit, kind) {
  const { setup, after, done } = run;
  const w = after ? after.w : run.state.w;
  const next = { ...setup, examples: setup.examples.map(e => [...e]), start: Object.fromEntries(data.parameters.map((p, i) => [p, w[i]])),
    first: current(), steps: Math.min(done, data.lines.length) };
  edit(next);
  undoable(() => start(next), kind);
}
/** How many updates are done. */
const updates = () => run.cycle + (run.done === run.length ? 1 : 0);
const current = () => run.setup.examples.indexOf(run.example(run.cycle));

/** Set a weight, a bias, an input, the label or the learning rate. */
function set(symbol, value) {
  change(next => {
    if (symbol === "eta") next.eta = value;
    else if (isEntry(symbol)) next.start[symbol] = value;
    else next.examples[current()][{ x_1: 0, x_2: 1, y: 2 }[symbol]] = value;
  }, symbol);
  soon();
  say(fill(words.edited, { symbol, value: short(Math.fround(value), 6) }) + words.restarted);
}
/** Move example A or B on the picture of the predictions. */
function move(k, [x1, x2]) {
  change(next => { next.examples[k][0] = x1; next.examples[k][1] = x2; }, "AB"[k]);
  soon();
  say(fill(words.edited, { symbol: "AB"[k], value: `(${short(x1, 2)}, ${short(x2, 2)})` }) + words.restarted);
}
const valueOf = symbol => symbol === "eta" ? run.setup.eta : run.quantities().get(symbol);

function choose(symbol) {
  chosen = symbol;
  drawChosen();
  if (run.stage === "update") drawLine();
}

// ---- drawing ----------------------------------------------------------------------------------------------------------------

const network = new Network($(".tp-figure__art"));
const surface = new Surface($("[data-surface]"), { move });
const bar = new Bar($(".tp-lab__chosen"), { data, words, meanings, set, unread: () => say(words.unread) });
const past = new History();
const question = new Question($(".tp-lab__guess"), { words, reveal });
const pane = new LinePane(root, { data, program, words });

let waiting = false;
/** Draw once before the next frame, however many changes there are until then. */
function soon() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; draw(); });
}

function draw() {
  const shown = run.quantities();
  const late = run.done === run.length;
  const now = new Set(run.stage === "update" ? (late ? data.parameters : []) : (run.line?.entries ?? []).map(e => e.symbol));
  network.show(shown, symbol => late && !isGiven(symbol), { now: symbol => now.has(symbol), mark: running === null || speed < 2 });
  drawStages(shown);
  drawChosen(shown);
  drawLine();
  drawTable(shown);
  drawControls(shown);
  drawCurve($("[data-curve]"), run.losses, before);
  drawLegend();
  surface.draw(run.surface(surface.size), run.setup.examples, k => run.setup.both || k === run.setup.first);
  drawWords(shown);
  keep();
  relight();
}

function drawStages(shown) {
  const ends = run.ends;
  const order = Object.keys(ends);
  const here = order.indexOf(run.stage);
  const parts = { forward: ["y_hat", "ŷ"], loss: ["L", "L"] };
  for (const button of $$("[data-stage]")) {
    const { stage } = button.dataset;
    const k = order.indexOf(stage);
    const state = k < here ? "done" : k === here ? "now" : "next";
    const value = parts[stage] && shown.get(parts[stage][0]);
    button.dataset.state = state;
    button.querySelector(".tp-stage__state").textContent = words[state];
    const lines = stage === "update" ? run.optimizer.lines.length : program.lines.filter(l => l.stage === stage).length;
    const k_ = Math.min(lines, run.done - (ends[order[k - 1]] ?? 0));
    button.querySelector(".tp-stage__value").textContent = value !== undefined && k <= here && !(state === "now" && run.done < ends[stage]) ? `${parts[stage][1]} = ${fixed(value, 4, 8)}`
      : stage === "update" && state !== "now" ? `η = ${run.setup.eta}` : state === "now" ? fill(words.line, { k: k_, n: lines }) : "";
  }
  $("[data-count]").textContent = fill(words.counted, { n: updates() });
  $("[data-example]").textContent = fill(words.example, { name: "AB"[current()] });
  $("[data-letter]").textContent = "AB"[current()];
}

function drawChosen(shown = run.quantities()) { bar.show(chosen, chosen === "eta" ? run.setup.eta : shown.get(chosen)); }

function write(field, value) { if (!isTyping(field)) field.value = typed(value); }

/** The lines of the update so far, for the chosen parameter. */
function runUpdate() { run.update(data.parameters.indexOf(parameter()), run.state, run.optimizer.lines.indexOf(run.line) + 1); }

function drawLine() {
  if (question.open) return; // its line stands there
  if (run.stage === "update") runUpdate();
  pane.show(run, parameter());
}

function drawTable(shown) {
  if ($(".tp-lab__all").open) drawTables(root, shown, run.optimizer.keeps, write);
}

function drawControls(shown) {
  for (const field of $$(".tp-lab__rail [data-set]")) write(field, field.dataset.set === "eta" ? run.setup.eta : shown.get(field.dataset.set));
  for (const slider of $$(".tp-lab__rail [data-slide]")) slide(slider, slider.dataset.slide, slider.dataset.slide === "eta" ? run.setup.eta : shown.get(slider.dataset.slide));
  const now = { y: String(shown.get("y")), activation: run.setup.activation, train: run.setup.both ? "AB" : "AB"[current()], speed: String(speed), guess: guessing ? "asks" : "shows" };
  for (const box of $$("[data-choose]")) for (const radio of box.querySelectorAll("input")) radio.checked = radio.value === now[box.dataset.choose];
  $("#lab-optimizer").value = run.setup.optimizer;
  $("#lab-start").value = startName();
}

/** The run before, in words too: which of the two lines it is, and where it ended. */
function drawLegend() {
  const legend = $("[data-before]");
  legend.classList.toggle("is-none", !before.length);
  legend.lastChild.textContent = before.length ? fill(words.run_before, { n: before.length - 1, value: short(before.at(-1), 4) }) : "";
}

function drawWords(shown) {
  const trouble = warning(run, words);
  const box = $("[data-warning]");
  box.hidden = !trouble;
  $("[data-do=back]").disabled = run.setup.steps === 0;
  $("[data-do=undo]").disabled = !past.canUndo;
  $("[data-do=redo]").disabled = !past.canRedo;
  if (box.textContent !== trouble) box.textContent = trouble;
  const last = run.losses.at(-1);
  $("[data-curve]").setAttribute("aria-label", `${fill(words.curve_alt, { n: run.cycle, value: short(last, 4) })} ${$("[data-before]").lastChild.textContent}`);
  $("[data-surface]").setAttribute("aria-label", surfaceInWords());
}

function surfaceInWords() {
  const [a, b] = run.setup.examples.map(([x1, x2]) => {
    const values = run.values;
    run.values = Float64Array.from(values);
    run.load(run.after ? run.after.w : run.state.w);
    const found = run.predict(Math.fround(x1), Math.fround(x2));
    run.values = values;
    return short(found, 4);
  });
  return fill(words.surface_alt, { a, b });
}

function say(text) { $("[data-said]").textContent = text; }

// ---- where a run starts -------------------------------------------------------------------------------------------------------

const starts = { book: data.start, ...Object.fromEntries(data.seeds.map((w, n) => [`seed-${n}`, w])) };
const same = w => data.parameters.every(p => Object.is(Math.fround(w[p]), Math.fround(run.setup.start[p])));
const startName = () => Object.keys(starts).find(name => same(starts[name])) ?? "own";
$("#lab-start").append(...Object.keys(starts).map(name => {
  const n = Number(name.slice(5));
  return make("option", { value: name }, name === "book" ? words.the_book : fill(data.dead.includes(n) ? words.seed_dead : words.seed, { n }));
}), make("option", { value: "own", disabled: "" }, words.own));

// ---- going on -------------------------------------------------------------------------------------------------------------------

function go(steps) {
  run.seek(steps);
  question.set(false);
  soon();
  const line = lineInWords(run, words, data.parameters.indexOf(parameter()));
  say(run.done === run.length ? line + words.stale : line);
}

const advance = () => undoable(() => go(run.setup.steps + 1));

/** To the end of a stage: on in this cycle, back in it, or, once the update is done, on in the next. */
function goTo(stage) {
  const base = run.setup.steps - run.done + (run.done === run.length ? run.length : 0);
  go(base + run.ends[stage]);
}

// ---- a guess first -------------------------------------------------------------------------------------------------------------

/** Whether the next line asks first; there is room for the question as long as it may. */
function guess(first) {
  guessing = first;
  root.classList.toggle("is-guessing", first);
  question.set(false);
  soon();
}

/** Ask for a number of the next line, the chosen one if that makes it; go on where there is none to guess. */
function ask() {
  const about = run.ahead(() => {
    const { line } = run;
    if (line.stage === "update") runUpdate();
    const entry = entriesOf(line).find(e => e.symbol === chosen) ?? entriesOf(line)[0];
    return { line, entry, answer: run.get(entry.symbol), values: Float64Array.from(run.values) };
  });
  if (!Number.isFinite(about.answer)) return advance();
  const { line, entry, answer, values } = about;
  const named = namesFor(line, parameter());
  pane.ask(run, line, parameter(), values);
  question.ask({ symbol: named(entry.symbol), answer, written: written(answer), tree: entry.tree, value: tree => program.value(tree, values),
    spell: name => named(name).replace(/^sigma/, run.setup.activation).replace("'", "′") });
}

/** The number has been guessed, or given up: its line runs. */
function reveal(text) {
  advance();
  say(`${text} ${$("[data-said]").textContent}`);
  $("[data-do=step]").focus({ preventScroll: true });
}

// ---- running on ----------------------------------------------------------------------------------------------------------------

const PACES = [450, 300];    // ms a line, ms an update: slow enough to follow
const FAST = 5;              // updates a frame
let speed = 1;
const SAYS = 2000;           // ms between two status messages of a run
let lastLine = 0;
let lastSaid = 0;

function frame(time) {
  if (running === null) return;
  const pace = calm.matches ? Math.max(...PACES) : PACES[speed] ?? 0;
  if (time - lastLine > pace) {
    lastLine = time;
    if (speed === 0) go(run.setup.steps + 1);
    else if (calm.matches) goTo("update");
    else {
      const cycles = updates() + (speed === 1 ? 1 : FAST);
      run.seek(cycles * run.length + data.lines.length);
      if (time - lastSaid > SAYS) {
        lastSaid = time;
        say(fill(words.updated, { n: cycles, value: short(run.losses.at(-1), 4) }));
      }
      draw();
    }
  }
  running = requestAnimationFrame(frame);
}

function toggle(on = running === null) {
  if (on) past.leave(fragment());
  question.set(false);
  if (running !== null) cancelAnimationFrame(running);
  running = on ? requestAnimationFrame(frame) : null;
  const button = $("[data-do=run]");
  button.setAttribute("aria-pressed", on);
  button.querySelector("span").textContent = on ? words.pause : words.run;
  say(on ? words.running : fill(words.updated, { n: updates(), value: short(run.losses.at(-1), 4) }));
}

// ---- the state in the address ---------------------------------------------------------------------------------------------------

let last = location.hash;
let timer = null;
/** The fragment that holds this state; a run longer than a link may ask for is given by the weights it has reached. */
function fragment() {
  const { setup, state, after } = run;
  const w = (after ?? state).w;
  const linked = setup.steps <= MOST ? setup : { ...setup, start: Object.fromEntries(data.parameters.map((p, i) => [p, w[i]])), steps: data.lines.length, first: current() };
  const hash = toHash(linked, data);
  return hash ? `#${hash}` : "";
}

/** Write the address after a pause: browsers limit how often it may change. */
function keep() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const next = fragment();
    if (next === last || (!next && !last.includes("="))) return;
    last = next;
    history.replaceState(history.state, "", next || location.pathname + location.search);
  }, 250);
}

/** Set the lab up from a fragment; without one, to its defaults. */
function setUp(hash) {
  const setup = hash ? fromHash(hash, data) : defaults(data);
  if (!setup) return; // a heading's
  clearTimeout(timer);
  last = hash;
  undoable(() => replace(setup));
  say(lineInWords(run, words, data.parameters.indexOf(parameter())));
}
function replace(setup) {
  if (running !== null) toggle(false);
  start(setup);
  soon();
}
/** Go to a state that was left, or on again; `to` is its fragment. */
function travel(to, text) {
  if (to === null) return;
  replace(fromHash(to, data) ?? defaults(data));
  say(`${text} ${lineInWords(run, words, data.parameters.indexOf(parameter()))}`);
}
addEventListener("hashchange", () => { if (location.hash !== last) setUp(location.hash); });
for (const link of document.querySelectorAll('.tp-lab-text a[href^="#"][href*="="]')) {
  link.addEventListener("click", () => { // also when the address has that fragment already
    setUp(link.hash);
    root.scrollIntoView();
    document.getElementById("tp-content").focus({ preventScroll: true });
  });
}

// ---- by hand ----------------------------------------------------------------------------------------------------------------------

const actions = {
  undo: () => travel(past.undo(fragment()), words.undone),
  redo: () => travel(past.redo(fragment()), words.redone),
  back: () => undoable(() => go(run.setup.steps - 1)),
  step: () => {
    if (question.open) return question.field.focus();
    if (guessing && running === null) return ask();
    advance();
  },
  run: () => toggle(),
  reset: () => { chosen = "w1_11"; speed = 1; unpin(); undoable(() => replace(defaults(data))); say(words.was_reset); },
  link: button => copy(button, location.href.split("#")[0] + fragment()),
  program: button => copy(button, copied(run.setup, data, updates())),
};

root.addEventListener("click", event => {
  const button = event.target.closest("button");
  if (button?.dataset.stage) undoable(() => goTo(button.dataset.stage));
  else if (button?.dataset.do) actions[button.dataset.do](button);
  const symbol = event.target.closest("[data-symbol]")?.dataset.symbol;
  if (symbol && !event.target.closest("input, label")) {
    const first = [...run.quantities().keys()].find(s => s === symbol || stem(s) === symbol);
    if (first) choose(first);
  }
});

root.addEventListener("change", event => {
  const { target } = event;
  if (target.dataset.set) {
    const value = numberIn(target.value);
    const before = valueOf(target.dataset.set);
    if (value === null) {
      refuse(target, before, words.unread);
      say(words.unread);
    } else if (!Object.is(Math.fround(value), Math.fround(before))) set(target.dataset.set, value);
    return;
  }
  const box = target.closest("[data-choose]");
  if (box?.dataset.choose === "speed") { speed = Number(target.value); return; }
  if (box?.dataset.choose === "guess") { guess(target.value === "asks"); return; }
  if (box?.dataset.choose === "y") { set("y", Number(target.value)); return; }
  if (box?.dataset.choose === "activation") change(next => { next.activation = target.value; });
  else if (box?.dataset.choose === "train") change(next => { next.both = target.value === "AB"; next.first = target.value === "B" ? 1 : 0; });
  else if (target.id === "lab-optimizer") change(next => { next.optimizer = target.value; });
  else if (target.id === "lab-start") change(next => { next.start = { ...starts[target.value] }; next.first = 0; });
  else return;
  soon();
  say(words.restarted);
});
root.addEventListener("input", event => {
  const symbol = event.target.dataset.slide;
  if (symbol) set(symbol, valueAt(event.target, symbol));
});
root.addEventListener("keydown", event => { if (event.key === "Enter" && event.target.dataset.set) event.target.dispatchEvent(new Event("change", { bubbles: true })); });

// Undo by keyboard; a field in which something stands that was not taken yet keeps its own.
for (const name of ["pointerdown", "focusin"]) root.addEventListener(name, () => past.seal());
watchTyping(root);
addEventListener("keydown", event => {
  const field = event.target.closest("input[type=text], input[type=search], input:not([type]), textarea");
  if (!(event.ctrlKey || event.metaKey) || event.altKey || (field && (!root.contains(field) || isTyping(field)))) return;
  const action = { z: event.shiftKey ? "redo" : "undo", y: "redo" }[event.key.toLowerCase()];
  if (!action) return;
  event.preventDefault();
  actions[action]();
});
$(".tp-lab__all").addEventListener("toggle", () => drawTable(run.quantities()));

// On a phone the chosen number stands below the formula and the controls at the end; else both at the left, before the network.
const narrow = matchMedia("(max-width: 959.98px)");
const fold = () => {
  const rail = $(".tp-lab__rail");
  rail.open = !narrow.matches;
  if (narrow.matches) root.append(rail); else $(".tp-lab__main").before(rail);
  if (narrow.matches) $(".tp-lab__formula").after(bar.box); else $(".tp-lab__rail > div").prepend(bar.box);
};
narrow.addEventListener("change", fold);
fold();
new MutationObserver(soon).observe(document.documentElement, { attributes: true, attributeFilter: ["data-scheme"] });

for (const field of $$("[data-set], [data-slide]")) {
  const symbol = field.dataset.set ?? field.dataset.slide;
  field.setAttribute("aria-label", `${symbol}, ${nameOf(symbol, words)}`);
}
network.makeEditable({ label: $(".tp-figure__art").dataset.alive, name: symbol => nameOf(symbol, words), choose, value: valueOf, change: set });
draw();
say(location.hash.includes("=") ? lineInWords(run, words, data.parameters.indexOf(parameter())) : words.begin);
// On a phone the three buttons are fixed at the bottom while the lab is in view
new IntersectionObserver(([lab]) => root.classList.toggle("is-away", !lab.isIntersecting)).observe(root);
