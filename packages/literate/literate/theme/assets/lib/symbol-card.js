// The card of a symbol: what it means, its shape, its value in the run of the card that it stands in, and where the book
// introduces it. Its file of facts (literate/symbol_cards.py) is requested with it, when a reader first asks for one.

import { stem } from "./symbol-names.js";

const MARGIN = 16, GAP = 8, HEADER = 60; // px
let root, words, symbols, cards;

const all = (selector, within = document) => [...within.querySelectorAll(selector)];

/** Request the facts, unless they are there. bookRoot: the address of the book in the language of the page. */
export async function load(bookRoot) {
  if (cards) return;
  root = bookRoot;
  const answer = await fetch(new URL("symbols.json", root));
  if (!answer.ok) throw new Error(answer.statusText);
  ({ words, symbols, cards } = await answer.json());
}

// ---- what is known of a symbol

/** The cards that may say what a symbol on this page is: its own, those above it, those below, then those of earlier pages. */
function places(symbol) {
  const here = all("[data-snippet]").filter(each => cards[each.dataset.snippet]);
  const before = here.filter(each => each.contains(symbol) || each.compareDocumentPosition(symbol) & Node.DOCUMENT_POSITION_FOLLOWING);
  const own = [...before.reverse(), ...here.filter(each => !before.includes(each))].map(each => each.dataset.snippet);
  const book = Object.keys(cards), first = Math.min(...here.map(each => book.indexOf(each.dataset.snippet)), book.length);
  return { own, every: [...own, ...book.slice(0, first).reverse(), ...book.slice(first)] };
}

/** What is known of a name at a symbol; of a slope that is not declared itself, by what it is a slope of. */
function factsOf(name, symbol) {
  const { own, every } = places(symbol), whole = stem(name);
  const card = every.find(each => cards[each][whole]);
  if (card) {
    const [place, code, shape] = cards[card][whole], entry = name.slice(whole.length + 1);
    const same = own.map(each => cards[each][whole]).filter(each => each?.[0] === place);
    const value = same.map(each => written(each[3], entry)).find(Boolean);
    return { ...symbols[place], name: code, shape: entry ? null : shape, value };
  }
  const [, of, by] = /^d([^_]+(?:_hat)?)_d(.+)$/.exec(whole) ?? [];
  const [top, bottom] = [of, by].map(part => part && factsOf(part, symbol));
  return top && bottom && { means: words.slope_of.replace("{of}", top.means).replace("{by}", bottom.means), name: whole, shape: null };
}

/** A value as a symbol table writes it, or the entry that digits name: row, then column, from 1. Empty where it is too long. */
function written(value, entry) {
  const found = [...entry].reduce((part, digit) => (Array.isArray(part) ? part[digit - 1] : null), value);
  if (!Array.isArray(found)) return found ?? "";
  return found.flat(9).length > 4 ? "" : found.map(row => [row].flat(9).join(", ")).join(Array.isArray(found[0]) ? "; " : ", ");
}

/** What a screen reader calls a symbol. Without a meaning it is the symbol as it is drawn. */
export const nameOf = (symbol, facts = factsOf(symbol.dataset.symbol, symbol)) => (facts ? `${facts.name}: ${facts.means}` : symbol.textContent);

// ---- the card

const card = document.createElement("div");
card.className = "tp-symbol-card";
card.setAttribute("role", "dialog");
card.setAttribute("popover", "manual");
card.tabIndex = -1;
document.body.append(card);
let opener = null; // what had the focus
let release = () => {}; // the symbol

/** Open the card of a symbol. close: what releases the symbol. */
export function open(symbol, close) {
  const facts = factsOf(symbol.dataset.symbol, symbol);
  if (!facts) return;
  opener = document.activeElement;
  release = close;
  card.setAttribute("aria-label", nameOf(symbol, facts));
  card.replaceChildren(head(symbol, facts, close), paragraph(facts.means), ...details(facts), ...introduced(facts, symbol));
  card.showPopover();
  place(symbol.getBoundingClientRect());
  card.focus({ preventScroll: true });
}

/** Close it. The focus goes back if it is still in the card. */
export function close() {
  if (!card.matches(":popover-open")) return;
  const back = card.contains(document.activeElement);
  card.hidePopover();
  if (back) opener?.focus({ preventScroll: true });
}
card.addEventListener("keydown", event => {
  const inside = [card, ...all("a, button", card)];
  const leaves = document.activeElement === inside.at(event.shiftKey ? 0 : -1);
  if (event.key === "Tab" && leaves) release(); // the focus is where it was, and the browser goes on from there
});

/** Below the symbol, or above it where there is no room: never over it. It scrolls with the page. */
function place(symbol) {
  const { offsetWidth: width, offsetHeight: height } = card;
  const above = symbol.bottom + GAP + height > innerHeight && symbol.top - GAP - height > HEADER;
  const top = above ? symbol.top - GAP - height : symbol.bottom + GAP;
  const left = Math.max(MARGIN, Math.min(symbol.left, document.documentElement.clientWidth - MARGIN - width));
  card.style.cssText = `left: ${left + scrollX}px; top: ${top + scrollY}px`;
}

const made = (tag, css, ...children) => {
  const element = document.createElement(tag);
  if (css) element.className = css;
  element.append(...children);
  return element;
};
const paragraph = (...children) => made("p", "", ...children);

function head(symbol, { name }, close) {
  const drawn = [symbol, ...all(`tp-math [data-symbol="${CSS.escape(symbol.dataset.symbol)}"]`)].map(copied).find(Boolean);
  const shut = made("button", "tp-button-icon", "×");
  shut.type = "button";
  shut.addEventListener("click", close);
  shut.setAttribute("aria-label", words.close);
  return made("p", "tp-symbol-card__head", ...(drawn ? [drawn] : []), made("code", "", name), shut);
}

/** A symbol as it is drawn in a formula; nothing for one in code. */
function copied(symbol) {
  if (!symbol.closest(".katex") && !symbol.querySelector(".katex")) return null;
  const copy = symbol.querySelector(".katex")?.cloneNode(true) ?? made("span", "katex", made("span", "katex-html", symbol.cloneNode(true)));
  for (const each of all(".is-lit", copy)) each.classList.remove("is-lit");
  copy.setAttribute("aria-hidden", "true");
  return copy;
}
function details({ shape, value }) {
  const rows = [];
  if (shape != null) rows.push([words.shape, shape ? `(${shape})` : words.scalar]);
  if (value) rows.push([words.value, value]);
  return rows.length ? [made("dl", "", ...rows.flatMap(([term, said]) => [made("dt", "", term), made("dd", "", said)]))] : [];
}
function introduced({ at, title }, symbol) {
  if (!at) return [];
  const link = made("a", "", title);
  link.href = new URL(at, root);
  const here = symbol.closest("[data-snippet]")?.id;
  const isHere = link.pathname === location.pathname && link.hash === `#${here}`;
  return isHere ? [] : [paragraph(`${words.introduced} `, link)];
}
