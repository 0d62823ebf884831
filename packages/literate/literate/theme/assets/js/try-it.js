// A button under a card opens fields for its numbers. What it takes is loaded when it is first pressed.

import { all, loadLater, makeButton, words } from "./page.js";

for (const card of all(".tp-card[data-try]")) {
  let panel = null;
  const button = makeButton(words.try_it, async () => {
    if (panel) { panel.show(!panel.isShown); return; }
    button.disabled = true;
    try {
      const { open } = await loadLater("../try/panel.js");
      panel = await open(card, button);
      button.textContent = words.try_it;
    } catch { // no network: the next press tries again
      button.textContent = `${words.try_it} · ${words.offline}`;
    }
    button.disabled = false;
    panel?.show(true);
  }, "tp-try-it");
  button.setAttribute("aria-expanded", "false");
  card.querySelector(".tp-card__foot").prepend(button);
}
