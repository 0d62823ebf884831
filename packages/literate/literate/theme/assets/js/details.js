// Folded content opens where a fragment leads into it, and on paper.

import { all } from "./page.js";

const unfold = () => {
  for (let fold = document.querySelector(":target")?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
};
unfold();
addEventListener("hashchange", unfold);
let folded = []; // before printing
addEventListener("beforeprint", () => {
  folded = all("article details:not([open])");
  for (const fold of folded) fold.open = true;
});
addEventListener("afterprint", () => { for (const fold of folded) fold.open = false; });
