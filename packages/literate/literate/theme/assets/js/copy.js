// Copy buttons. A snippet's copies its program, whose blocks the page has once for all of them (literate/markdown.py). A
// notebook's cell needs the cells before it, and a plain code block is copied as it is shown.

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
function textOf(button) {
  if (button.dataset.copy) {
    const hidden = JSON.parse(document.getElementById("tp-programs").textContent);
    const shown = all(".tp-copy + .tp-code").flatMap(code => code.textContent.split("\n\n")).map(block => block.replace(/^\n/, ""));
    const blocks = [...hidden, ...shown];
    return button.dataset.copy.split(" ").map(n => (n.startsWith("+") ? "\n" : "") + blocks[Number(n)]).join("\n\n") + "\n";
  }
  const cells = all(".tp-cell .tp-copy"), n = cells.indexOf(button);
  if (n < 0) return button.nextElementSibling.textContent;
  return all(".tp-cell .tp-code").slice(0, n + 1).map(code => code.textContent).join("\n\n") + "\n";
}
document.addEventListener("click", event => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button, textOf(button));
});

for (const pre of all("div.highlight > pre")) {
  const button = makeButton(words.copy, undefined, "tp-copy");
  button.dataset.copy = "";
  pre.before(button);
}
