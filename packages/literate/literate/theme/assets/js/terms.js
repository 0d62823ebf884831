// Terms of the glossary. Their description shows by CSS. A first tap opens it, a second one follows the link, Escape
// closes it. It is shifted so that it stays inside the window.

import { all } from "./page.js";

for (const term of all(".tp-term")) {
  const place = () => {
    term.classList.remove("is-shut");
    const width = document.documentElement.clientWidth;
    const space = width - 16 - term.getClientRects()[0].left; // the box hangs at the term's first line
    const box = Math.min(320, 0.7 * width); // the largest width that parts.css allows
    term.style.setProperty("--shift", `${Math.min(0, space - box)}px`);
  };
  let touch = false;
  term.addEventListener("pointerenter", place);
  term.addEventListener("focus", place);
  term.addEventListener("pointerdown", event => { touch = event.pointerType === "touch"; });
  term.addEventListener("click", event => {
    if (!touch || term.classList.contains("is-open")) return;
    event.preventDefault();
    place();
    term.classList.add("is-open");
  });
}
document.addEventListener("pointerdown", event => {
  for (const open of all(".tp-term.is-open")) if (open !== event.target) open.classList.remove("is-open");
});
document.addEventListener("keydown", event => {
  if (event.key !== "Escape") return;
  for (const term of all(".tp-term:is(:hover, :focus, .is-open)")) {
    term.classList.remove("is-open");
    term.classList.add("is-shut");
  }
});
