// The same symbol in formula, code, table and picture. Pointing at it or focusing it lights it, a click or a tap pins it,
// Escape or a tap elsewhere releases it. A formula and a code block are one tab stop each; the arrow keys move inside.

import { stem } from "../lib/symbol-names.js";
import { all } from "./page.js";

const places = ".tp-worked, .tp-formula, .tp-formula-only, .tp-code, .tp-symbols, .tp-figure__art, .tp-lab__control";
let pinned = null; // names of symbols
let lit = null;
const symbolAt = event => event.target.closest?.("[data-symbol]")?.closest(places) && event.target.closest("[data-symbol]");

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
export const unpin = () => { pinned = null; light(null); };
document.addEventListener("pointerover", event => event.pointerType !== "touch" && preview(symbolAt(event)));
document.addEventListener("focusin", event => preview(symbolAt(event)));
document.addEventListener("click", event => {
  const name = symbolAt(event)?.dataset.symbol ?? null;
  if (!name && event.target.closest("button, input, select, summary")) return; // the pinned symbol stays while the reader works on
  pinned = name !== pinned ? name : null;
  preview(null);
});
document.addEventListener("keydown", event => {
  if (event.key === "Escape" && pinned) unpin();
  const box = event.target.closest?.(".tp-formula, .tp-code");
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!box || !step) return;
  const inside = all("[data-symbol]", box).filter(each => each.getClientRects().length);
  const next = inside[inside.indexOf(event.target) + step] ?? (event.target === box ? inside[0] : null);
  if (!next) return;
  event.preventDefault();
  next.tabIndex = -1;
  next.focus();
});
