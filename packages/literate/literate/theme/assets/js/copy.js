// Copy buttons. The engine writes into a snippet's button what it copies. A notebook's cell needs the cells before it, and a
// plain code block is copied as it is: both texts are collected here, so that the page does not contain them twice.

import { all, makeButton, words } from "./page.js";

const status = document.createElement("div"); // screen readers read out a status, not a changed label
status.className = "tp-unseen";
status.setAttribute("role", "status");
document.body.append(status);

/** Copy a text; the button and the page's status say so. */
export async function copy(button, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // no permission, or no secure context: the old way
    const focused = document.activeElement; // the button, or where the reader went meanwhile
    const area = document.createElement("textarea");
    area.readOnly = true;
    area.value = text;
    button.after(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    focused.focus();
  }
  button.dataset.usual ??= button.textContent;
  button.textContent = status.textContent = words.copied;
  setTimeout(() => { button.textContent = button.dataset.usual; status.textContent = ""; }, 1600);
}
document.addEventListener("click", event => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button, button.dataset.copy);
});

const cells = all(".tp-cell .tp-code").map(code => code.textContent);
all(".tp-cell .tp-copy").forEach((button, n) => { button.dataset.copy = cells.slice(0, n + 1).join("\n\n") + "\n"; });

for (const pre of all("div.highlight > pre")) {
  const button = makeButton(words.copy, undefined, "tp-copy");
  button.dataset.copy = pre.textContent;
  pre.before(button);
}
