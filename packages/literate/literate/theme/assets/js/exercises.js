// The answer box of an exercise: it compares the typed number with the answer and replies in words.

import { fullAnswer, judge } from "../lib/judge.js";
import { readDecimal } from "../lib/typed-number.js";
import { all, words } from "./page.js";
import { markSolved } from "./progress.js";

for (const form of all(".tp-answer")) {
  const answer = Number(form.dataset.answer);
  const decimals = Number(form.dataset.decimals);
  const reply = form.querySelector("output");
  form.addEventListener("submit", event => {
    event.preventDefault();
    const said = judge(readDecimal(form.querySelector("input").value), answer, decimals);
    reply.dataset.state = { right: "right", not_a_number: "unread" }[said] ?? "wrong";
    reply.textContent = words[said].replace("{value}", fullAnswer(answer, decimals));
    if (said === "right") markSolved(form.closest("[data-exercise]"), true);
  });
}
