// The slopes of a computation graph as blanks, which a reader fills in one by one: literate/figures/graph.py says in which order.

import { decimalsOf, fullAnswer, judge } from "../lib/judge.js";
import { readDecimal } from "../lib/typed-number.js";
import { all, makeButton, words } from "./page.js";

for (const drawing of all("[data-blanks]")) {
  const slopes = JSON.parse(drawing.dataset.blanks);
  const art = drawing.closest(".tp-figure__art"), form = document.createElement("form");
  const field = Object.assign(document.createElement("input"), { inputMode: "decimal", autocomplete: "off" });
  const label = document.createElement("label"), asked = document.createElement("span"), reply = document.createElement("output");
  const check = makeButton(words.check), show = makeButton(words.blanks_show, () => fill(""), "tp-answer__other"), stop = makeButton(words.blanks_stop, () => end(words.blanks_stopped), "tp-answer__other");
  let left = []; // the slopes that are still blank; the first is asked for

  const begin = makeButton(words.blanks_begin, () => {
    left = [...slopes];
    for (const slope of left) mark(slope, "blank");
    ask("");
  }, "tp-fill-in");
  check.type = "submit";
  form.className = "tp-answer";
  label.append(asked, " ", field);
  form.append(label, check, show, stop);
  reply.className = "tp-fill-in__reply";
  form.addEventListener("submit", event => {
    event.preventDefault();
    const { value } = left[0], decimals = decimalsOf(value), said = judge(readDecimal(field.value), value, decimals);
    const text = words[said].replace("{value}", fullAnswer(value, decimals));
    if (said === "right") fill(text);
    else reply.textContent = text;
  });
  art.after(begin, form, reply);
  form.hidden = true;

  /** How a slope is drawn in every picture: "blank", "asked", or as it is. */
  function mark({ name }, how) {
    for (const drawn of all(`[data-symbol="${name}"]`, drawing)) {
      if (how) drawn.dataset.blank = how;
      else delete drawn.dataset.blank;
    }
  }
  function ask(said) {
    mark(left[0], "asked");
    asked.textContent = words.blanks_asked.replace("{slope}", left[0].written).replace("{n}", decimalsOf(left[0].value));
    [begin.hidden, form.hidden, field.value, reply.textContent] = [true, false, "", said];
    field.focus({ preventScroll: true });
  }
  function fill(said) {
    mark(left.shift());
    if (left.length) ask(said);
    else end(`${said} ${words.blanks_filled}`.trim());
  }
  function end(said) {
    for (const slope of left) mark(slope);
    [begin.hidden, form.hidden, reply.textContent] = [false, true, said];
    begin.focus({ preventScroll: true });
  }
}
