// Where the reader is in the book: how many exercises of each chapter are solved, and which chapter was read last. It is kept
// on this device only.

import { all, storageKey, words } from "./page.js";
import { solvedNow } from "./progress.js";

const EXERCISES = CHAPTER_EXERCISES; // slug → names: the build writes them
const lastKey = storageKey("last");
const here = document.querySelector(".tp-rail [data-chapter][aria-current=page]")?.dataset.chapter;

function showSolved() {
  const solved = solvedNow();
  for (const link of all("[data-chapter]")) {
    const names = EXERCISES[link.dataset.chapter] ?? [];
    const done = names.filter(name => solved.has(name)).length;
    link.parentElement.querySelector(".tp-solved")?.remove();
    if (!done) continue;
    const mark = document.createElement("small");
    mark.className = "tp-solved";
    const shown = document.createElement("span");
    shown.setAttribute("aria-hidden", "true");
    shown.textContent = done === names.length ? "✓" : `${done}/${names.length}`;
    const said = document.createElement("span");
    said.className = "tp-sr";
    said.textContent = words.solved_of.replace("{done}", done).replace("{all}", names.length);
    mark.append(shown, said);
    link.append(mark);
  }
}

/** The link on the home page to the chapter that was read last. */
function showLast() {
  let last = null;
  try {
    if (here) localStorage.setItem(lastKey, here);
    last = localStorage.getItem(lastKey);
  } catch { /* storage is off */ }
  const door = document.querySelector("[data-continue]");
  const chapter = last && all("[data-chapter]").find(link => link.dataset.chapter === last);
  if (!door || !chapter) return;
  door.href = chapter.href;
  const [number, title] = [chapter.querySelector(".tp-rail__number"), chapter.cloneNode(true)];
  for (const part of all(".tp-rail__number, .tp-solved", title)) part.remove();
  door.textContent = words.read_on.replace("{title}", `${number ? `${number.textContent} ` : ""}${title.textContent.trim()}`);
  door.hidden = false;
}

showLast(); // before the numbers of exercises are in the links
showSolved();
addEventListener("tp-solved", showSolved);
addEventListener("storage", showSolved); // solved in another tab
