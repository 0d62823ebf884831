// Buttons at a drawn network show its forward pass, its backward pass or both.

import { all, makeButton, words } from "./page.js";

for (const figure of all(".tp-figure--network")) {
  const caption = figure.querySelector("figcaption");
  if (!caption || !figure.querySelector("svg .tp-bwd")) continue;
  const group = document.createElement("div");
  group.className = "tp-passes";
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", words.show);
  const choose = chosen => {
    figure.dataset.pass = chosen;
    for (const [pass, button] of buttons) button.setAttribute("aria-pressed", pass === chosen);
  };
  const buttons = ["forward", "backward", "both"].map(pass => [pass, makeButton(words[pass], () => choose(pass))]);
  group.append(...buttons.map(([, button]) => button));
  choose("both");
  caption.prepend(group);
}
