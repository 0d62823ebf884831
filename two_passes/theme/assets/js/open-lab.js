// A button at a drawn network turns it into a small lab, whose program is loaded when it is first pressed.

import { all, loadLater, makeButton, words } from "./page.js";

const lab = document.querySelector(".tp-rail a[href$='frontier/live-lab/']"); // if it is in the book
for (const figure of lab ? all(".tp-figure[data-live]") : []) {
  const open = makeButton(words.small_open, async () => {
    open.disabled = true;
    try {
      const { openSmallLab } = await loadLater("../lab/small.js");
      openSmallLab(figure, lab.getAttribute("href"));
      open.remove();
    } catch { // no network: the next press tries again
      open.disabled = false;
      open.textContent = `${words.small_open} · ${words.offline}`;
    }
  }, "tp-hold");
  figure.querySelector(".tp-figure__art").after(open);
}
