// The table of contents beside the text, which is a popover on a narrow window.

import { all, idIn } from "./page.js";

const rail = document.getElementById("tp-rail");
const besideText = matchMedia("(min-width: 960px)");
const hideRail = () => rail.matches(":popover-open") && rail.hidePopover();
if (rail?.hidePopover) {
  rail.addEventListener("click", event => event.target.closest("a[href^='#']") && hideRail());
  rail.addEventListener("toggle", event => event.newState === "open" && all("[aria-current]", rail).at(-1)?.scrollIntoView({ block: "center" }));
  besideText.addEventListener("change", hideRail);
}

// The heading in view is marked in the rail, which scrolls to it. The observed area begins just below the header, and a
// heading that has passed that line no longer meets it: nothing is measured, neither at the start nor while the reader scrolls.
const linkOf = new Map(all(".tp-rail__toc a").map(link => [document.getElementById(idIn(link.hash)), link]));
const passed = new Set();
const headings = new IntersectionObserver(entries => {
  for (const { target, isIntersecting } of entries) passed[isIntersecting ? "delete" : "add"](target);
  const current = [...linkOf].findLast(([heading]) => passed.has(heading))?.[1];
  for (const link of linkOf.values()) link.toggleAttribute("aria-current", link === current);
  current?.setAttribute("aria-current", "location");
  const target = current ?? rail.querySelector("[aria-current=page]");
  if (besideText.matches && target) rail.scrollTop = target.offsetTop > rail.clientHeight - 80 ? target.offsetTop - rail.clientHeight / 3 : 0;
}, { rootMargin: "-140px 0px 1000000px" });
for (const heading of linkOf.keys()) if (heading) headings.observe(heading);
