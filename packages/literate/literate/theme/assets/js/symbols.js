// The same symbol in formula, code, sentence, table and picture. Pointing at it or focusing it lights it; a click, a tap or
// Enter pins it and opens its card (lib/symbol-card.js); Escape or a tap elsewhere releases it. A formula and a code block are
// one tab stop each, and the arrow keys move inside; in sentences the first use of each symbol is a tab stop.

import { stem } from "../lib/symbol-names.js";
import { all, bookRoot, loadLater } from "./page.js";

const places = ".tp-worked, .tp-formula, .tp-formula-only, .tp-code, .tp-symbols, .tp-figure__art, .tp-lab__control, tp-math";
const withCard = ":is(tp-math, .tp-worked, .tp-code) [data-symbol]:not(.tp-lab *)";
const ALONE = ".katex-base:only-child > .katex-strut + [data-symbol]:last-child"; // a formula that is one symbol
let pinned = null; // name of a symbol
let lit = null;
let card = null; // its module, once a card was opened
let over = null; // the symbol that the stop is laid over

// What is drawn of a formula is hidden from screen readers. A symbol in it has the focus by a button that is laid over it.
const stop = document.createElement("button");
stop.type = "button";
stop.tabIndex = -1;
stop.className = "tp-symbol-stop";

function symbolOf(target) {
  if (target === stop) return over;
  const symbol = target.matches?.("tp-math[role=button]") ? target.querySelector("[data-symbol]") : target.closest?.("[data-symbol]");
  return symbol?.closest(places) ? symbol : null;
}
function light(name) {
  lit = name;
  for (const each of all(".is-lit, .tp-on")) each.classList.remove("is-lit", "tp-on");
  if (!name) return;
  for (const each of all(`:is(${places}) [data-symbol^="${stem(name)}"], [data-symbol^="${stem(name)}"]:is(${places})`)) {
    const other = each.dataset.symbol;
    if (stem(other) !== stem(name)) continue;
    const entries = other !== stem(other) && name !== stem(name);
    if (entries && other !== name) continue; // another entry of the same array
    each.classList.add(each.closest(".tp-figure__art") ? "tp-on" : "is-lit");
  }
}
const preview = symbol => light(symbol ? symbol.dataset.symbol : pinned);
/** Light the lit symbol again, after a part of the page was redrawn. */
export const relight = () => light(lit);
/** Release the pinned symbol. */
export const unpin = () => { pinned = null; light(null); card?.close(); };

async function cards() {
  const module = await loadLater("../lib/symbol-card.js");
  await module.load(bookRoot());
  return card = module;
}
async function open(symbol) {
  const name = pinned;
  try {
    await cards();
    if (name === pinned) card.open(symbol, unpin);
  } catch { /* no network: the symbol is lit, and the next press tries again */ }
}
document.addEventListener("pointerover", event => event.pointerType !== "touch" && preview(symbolOf(event.target)));
document.addEventListener("focusin", event => preview(symbolOf(event.target)));
document.addEventListener("click", event => {
  const symbol = symbolOf(event.target);
  if (!symbol && event.target.closest("button, input, select, summary, .tp-symbol-card")) return; // the reader works on
  const name = symbol?.dataset.symbol ?? null;
  const again = name === pinned;
  unpin();
  if (!name || again) return;
  pinned = name;
  light(name);
  if (symbol.matches(withCard)) open(symbol);
});

// ---- by keyboard

document.addEventListener("keydown", event => {
  if (event.key === "Escape" && pinned) unpin();
  if (event.target.matches?.("tp-math[role=button]") && [" ", "Enter"].includes(event.key)) {
    event.preventDefault();
    event.target.click();
  }
  const box = event.target.closest?.(".tp-formula, .tp-code");
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!box || !step) return;
  const inside = all("[data-symbol]", box).filter(each => each.getClientRects().length);
  const next = inside[inside.indexOf(event.target === stop ? over : null) + step] ?? (event.target === box ? inside[0] : null);
  if (!next) return;
  event.preventDefault();
  moveTo(next, box);
});

/** Lay the stop over a symbol of a box, and give it the focus once its name says what the symbol means. */
async function moveTo(symbol, box) {
  over = symbol;
  await named(stop, symbol);
  if (over !== symbol) return; // a key was pressed meanwhile
  box.append(stop);
  symbol.scrollIntoView({ block: "nearest", inline: "nearest" });
  stop.style.cssText = "left: 0; top: 0";
  const [from, to] = [stop.getBoundingClientRect(), symbol.getBoundingClientRect()];
  stop.style.cssText = `left: ${to.left - from.left}px; top: ${to.top - from.top}px; width: ${to.width}px; height: ${to.height}px`;
  stop.focus({ preventScroll: true });
}
async function named(button, symbol) {
  button.setAttribute("aria-label", symbol.closest("tp-math")?.querySelector("mrow")?.textContent ?? symbol.textContent);
  try {
    await cards();
    button.setAttribute("aria-label", card.nameOf(symbol));
  } catch { /* no network: the symbol itself is the name */ }
}

const known = new Set();
const firsts = all("article tp-math:not(.tp-math--display, a *, summary *, label *)").filter(formula => {
  const symbol = formula.querySelector(ALONE);
  return symbol && !known.has(symbol.dataset.symbol) && known.add(symbol.dataset.symbol);
});
for (const formula of firsts) {
  formula.setAttribute("role", "button");
  formula.setAttribute("aria-label", formula.querySelector("mrow").textContent);
  formula.tabIndex = 0;
}
// Whoever goes by keyboard hears what they mean
document.addEventListener("keydown", event => {
  if (event.key === "Tab") for (const formula of firsts.splice(0)) named(formula, formula.querySelector("[data-symbol]"));
});
