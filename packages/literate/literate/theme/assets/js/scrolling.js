// A box that scrolls sideways can be focused, so that the arrow keys scroll it.

import { all } from "./page.js";

const scrolling = ".tp-scroll, .tp-math--display, .tp-figure__art, .tp-pane--symbols, .tp-cell__rich, .tp-strip > div, div.highlight > pre, div.highlight > pre > code";
const mark = box => {
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  else box.removeAttribute("tabindex");
};
const sizes = new ResizeObserver(entries => entries.forEach(({ target }) => mark(target)));
addEventListener("load", () => all(scrolling).forEach(box => sizes.observe(box)));
// Letters of a font that has come are wider or narrower; the box is as it was
document.fonts.addEventListener("loadingdone", () => all(scrolling).forEach(mark));
