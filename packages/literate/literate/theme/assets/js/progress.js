// Which exercises are solved, by their names. It is kept on this device only.

import { all, makeButton, storageKey, words } from "./page.js";

const exercises = all("[data-exercise]");
const solvedKey = storageKey("solved");
let solved = new Set();
let canStore = true;

/** Which exercises are solved, by their names, of every chapter. */
export function solvedNow() { readSolved(); return solved; }

function readSolved() {
  if (!canStore) return;
  try { solved = new Set(JSON.parse(localStorage.getItem(solvedKey) ?? "[]")); } catch { /* storage is off, or its content is not ours */ }
}

export function markSolved(exercise, yes) {
  readSolved(); // another tab may have solved one since
  solved[yes ? "add" : "delete"](exercise.dataset.exercise);
  try { localStorage.setItem(solvedKey, JSON.stringify([...solved])); } catch { canStore = false; /* it is kept as long as the page is open */ }
  showProgress();
  dispatchEvent(new Event("tp-solved"));
}

function showProgress() {
  const mine = exercises.filter(each => solved.has(each.dataset.exercise));
  for (const each of exercises) {
    each.classList.toggle("is-solved", mine.includes(each));
    const box = each.querySelector(".tp-solve input");
    if (box) box.checked = mine.includes(each);
  }
  const line = document.querySelector(".tp-progress");
  if (!line) return;
  line.querySelector("span").textContent = words.progress.replace("{done}", mine.length).replace("{all}", exercises.length);
  line.querySelector("button").hidden = !mine.length;
}

for (const exercise of exercises) {
  const label = document.createElement("label"); // a right answer checks it too
  label.className = "tp-solve";
  const box = document.createElement("input");
  box.type = "checkbox";
  box.addEventListener("change", () => markSolved(exercise, box.checked));
  label.append(box, words.solve);
  exercise.append(label);
}
if (exercises.length) {
  const line = document.createElement("p");
  line.className = "tp-progress";
  const reset = makeButton(words.reset, () => { for (const each of exercises) markSolved(each, false); });
  const printed = document.createElement("label"); // on paper the questions stand alone, if nothing else is chosen
  const choice = Object.assign(document.createElement("input"), { type: "checkbox" });
  choice.addEventListener("change", () => document.documentElement.classList.toggle("tp-with-solutions", choice.checked));
  printed.append(choice, words.print_solutions);
  line.append(document.createElement("span"), reset, printed);
  exercises.at(-1).after(line);
  const refresh = () => { readSolved(); showProgress(); };
  refresh();
  addEventListener("storage", refresh); // changed in another tab
}
