// The link to the other language opens the other page at the heading in view.

import { all } from "./page.js";

const BELOW_HEADER = 140; // px

const headingInView = () =>
  all(".md-content :is(h2, section, figure)[id]").findLast(each => each.getBoundingClientRect().top < BELOW_HEADER)?.id ?? "";

for (const link of all(".tp-language")) {
  // A fragment with `=` is a page's own state, not a heading: it is kept
  link.addEventListener("click", () => { link.hash = location.hash.includes("=") ? location.hash : headingInView(); });
}
