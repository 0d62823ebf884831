// The link to the other language opens the other page where the reader is: at the same block, at the same height of the window.
// The languages have the same blocks (literate/checks/translations.py), so the link's fragment says which one: `#section~3~120`
// is the third block behind the start of that section, 120 px below the window's top. The page that is opened keeps the section.

import { all } from "./page.js";

const BLOCKS = ".md-content :is(h2, h3, section, figure, p, li, tr, pre, summary)";
const READ_AT = 0.3; // of the window's height: a reader's eyes are there
const PLACE = /^#([\w-]*)~(\d+)~(-?\d+)$/;

const topOf = block => block.getBoundingClientRect().top;

/** The fragment for the block that is nearest to where the reader reads; none at the start of the page. */
function readPlace() {
  if (scrollY < 1) return "";
  const blocks = all(BLOCKS), line = READ_AT * innerHeight;
  const away = block => (block.checkVisibility() ? Math.abs(topOf(block) - line) : Infinity);
  const nearest = blocks.reduce((best, block) => (away(block) < away(best) ? block : best));
  const here = blocks.indexOf(nearest), start = blocks.findLastIndex((block, n) => n <= here && block.id);
  return `${blocks[start]?.id ?? ""}~${here - Math.max(start, 0)}~${Math.round(topOf(nearest))}`;
}

/** Scroll to the block that the address names. Once all is loaded, only its section is left in the address: before, the browser
    would scroll to that. */
function arrive() {
  const [, id, count, height] = PLACE.exec(location.hash) ?? [];
  if (!count) return;
  const blocks = all(BLOCKS);
  const block = blocks[(id ? blocks.findIndex(each => each.id === id) : 0) + Number(count)];
  for (let fold = block?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  if (block) scrollBy({ top: topOf(block) - height, behavior: "instant" });
  addEventListener("load", () => setTimeout(() => {
    history.replaceState(history.state, "", id ? `#${id}` : location.pathname + location.search);
  }));
}

for (const link of all(".tp-language")) {
  // A fragment with `=` is a page's own state, not a place: it is kept
  link.addEventListener("click", () => { link.hash = location.hash.includes("=") ? location.hash : readPlace(); });
}
addEventListener("DOMContentLoaded", arrive); // once every module has added its parts
