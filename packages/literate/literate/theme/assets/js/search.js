// Material's search. Its script, worker and index are loaded when the search is first used.

import { bookRoot, words } from "./page.js";

const bundle = document.getElementById("tp-search");
const opener = document.getElementById("__search");
const query = document.querySelector("input[name=query]");
const untilLoaded = new AbortController();
let requested = false;

// A word that a chapter introduces shows that chapter first, whatever else has the word.
const best = { list: document.querySelector(".md-search-result__list"), of: {} };
function showBest() {
  const [address, title] = best.of[query.value.trim().toLowerCase()] ?? [];
  if (!address || !best.list.children.length) return;
  const href = new URL(address, best.root).href;
  const links = item => [...item.querySelectorAll("a")].some(link => link.href.split("#")[0].split("?")[0] === href);
  const first = [...best.list.children].find(links) ?? made(href, title);
  if (best.list.firstElementChild !== first) best.list.prepend(first);
}
function made(href, title) {
  const item = document.createElement("li");
  item.className = "md-search-result__item";
  item.innerHTML = '<a class="md-search-result__link" tabindex="-1"><article class="md-search-result__article md-typeset"><h1></h1></article></a>';
  item.querySelector("a").href = href;
  item.querySelector("h1").textContent = title;
  return item;
}
async function loadBest() {
  best.root = bookRoot();
  const answer = await fetch(new URL("search/first.json", best.root));
  if (!answer.ok) return;
  best.of = await answer.json();
  new MutationObserver(showBest).observe(best.list, { childList: true });
  showBest();
}

/** Give Material's script its words: no page carries them. */
function say() {
  const config = document.getElementById("__config"), given = JSON.parse(config.textContent);
  const { search_start, search_none, search_one, search_other, search_more_one, search_more_other, search_missing } = words;
  const result = {
    placeholder: search_start, none: search_none, one: search_one, other: search_other,
    "more.one": search_more_one, "more.other": search_more_other, "term.missing": search_missing,
  };
  given.translations = Object.fromEntries(Object.entries(result).map(([name, word]) => [`search.result.${name}`, word]));
  config.textContent = JSON.stringify(given);
}

function loadSearch() {
  if (requested) return;
  requested = true;
  say();
  const script = document.createElement("script");
  script.src = bundle.getAttribute("src");
  script.addEventListener("load", () => {
    untilLoaded.abort();
    loadBest().catch(() => {}); // without it the results stand in Material's order
    // Material listens to keys: this makes it read what was typed so far. A busy machine may be slow to listen, so it is told again
    for (const wait of [0, 300, 1000, 3000]) setTimeout(() => query.dispatchEvent(new KeyboardEvent("keyup")), wait);
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
  // An address that asks, as that of the form on the page of a wrong address
  const asked = new URLSearchParams(location.search).get("q");
  if (asked) {
    query.value = asked;
    query.focus();
  }
}
