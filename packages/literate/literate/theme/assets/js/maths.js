// What a reader copies of a page: of each formula its TeX, once, in place of its drawing and of what screen readers are told.
// A formula that is selected in part is copied whole. The text is what the browser would copy of the page with TeX in it.

import { all } from "./page.js";

const formulaAt = node => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest("tp-math");

document.addEventListener("copy", event => {
  const selection = getSelection();
  if (selection.rangeCount !== 1 || selection.isCollapsed || event.target.closest?.("input, textarea")) return;
  const range = selection.getRangeAt(0).cloneRange();
  const formulas = all("tp-math:has(annotation)").filter(each => range.intersectsNode(each));
  if (!formulas.length) return;
  const selected = [selection.anchorNode, selection.anchorOffset, selection.focusNode, selection.focusOffset];
  const first = formulaAt(range.startContainer), last = formulaAt(range.endContainer);
  if (first) range.setStartBefore(first);
  if (last) range.setEndAfter(last);
  const written = formulas.map(formula => {
    const displayed = formula.matches(".tp-math--display"), tex = formula.querySelector("annotation").textContent;
    const text = document.createElement(displayed ? "pre" : "span");
    text.textContent = displayed ? `$$\n${tex}\n$$` : `$${tex}$`;
    formula.before(text);
    formula.style.display = "none";
    return text;
  });
  selection.setBaseAndExtent(range.startContainer, range.startOffset, range.endContainer, range.endOffset);
  event.clipboardData.setData("text/plain", selection.toString());
  event.preventDefault();
  for (const text of written) text.remove();
  for (const formula of formulas) formula.removeAttribute("style");
  selection.setBaseAndExtent(...selected);
});
