// A box that scrolls sideways can be focused, so that the arrow keys scroll it.

import { all } from "./page.js";

const scrolling = ".tp-scroll, .tp-math--display, .tp-figure__art, .tp-pane--symbols, .tp-cell__rich, .tp-strip > div, div.highlight > pre, div.highlight > pre > code";
const sizes = new ResizeObserver(entries => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth + 1) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
addEventListener("load", () => all(scrolling).forEach(box => sizes.observe(box)));
