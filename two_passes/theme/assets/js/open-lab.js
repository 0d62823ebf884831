// A button at a drawn network turns it into a small lab, whose program is loaded when it is first pressed.

import { all, loadLater, makeButton, words } from "./page.js";

for (const figure of words.lab ? all(".tp-figure[data-live]") : []) {
  const open = makeButton(words.hold, async () => {
    open.disabled = true;
    try {
      const { openSmallLab } = await loadLater("../lab/small.js");
      openSmallLab(figure, words.lab);
      open.remove();
    } catch { // no network: the next press tries again
      open.disabled = false;
      open.textContent = `${words.hold} · ${words.offline}`;
    }
  }, "tp-hold");
  figure.querySelector(".tp-figure__art").after(open);
}
