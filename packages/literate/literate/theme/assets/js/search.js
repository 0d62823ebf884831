// Material's search. Its script, worker and index are loaded when the search is first used.

import { words } from "./page.js";

const bundle = document.getElementById("tp-search");
const opener = document.getElementById("__search");
const query = document.querySelector("input[name=query]");
const untilLoaded = new AbortController();
let requested = false;
function loadSearch() {
  if (requested) return;
  requested = true;
  const script = document.createElement("script");
  script.src = bundle.getAttribute("src");
  script.addEventListener("load", () => {
    untilLoaded.abort();
    query.dispatchEvent(new KeyboardEvent("keyup")); // Material listens to keys: this makes it read what was typed so far
  });
  script.addEventListener("error", () => { // no network: the next use tries again
    requested = false;
    document.querySelector(".md-search-result__meta").textContent = words.offline;
  });
  document.head.append(script);
}
if (bundle && query) {
  const { signal } = untilLoaded;
  query.addEventListener("focus", () => { opener.checked = true; loadSearch(); }, { signal });
  opener.addEventListener("change", () => query.focus(), { signal });
  document.addEventListener("keydown", event => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    event.preventDefault();
    query.focus();
  }, { signal });
  // Pasting, and choosing a word in an input method, press no key
  query.addEventListener("input", () => query.dispatchEvent(new KeyboardEvent("keyup")));
}
