// Reading without a network. Only a published site names its service worker; without one, or without permission to store,
// the site works as before.

import { all, bookRoot, words } from "./page.js";

const serviceWorker = document.querySelector("meta[name=service-worker]")?.content;
if (serviceWorker && navigator.serviceWorker) addEventListener("load", async () => {
  try {
    await navigator.serviceWorker.register(serviceWorker);
    offerBook();
    if (navigator.serviceWorker.controller) return;
    const { active } = await navigator.serviceWorker.ready;
    // What came from the browser's cache may be older than the page, and is requested again
    const loaded = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
    active.postMessage(loaded.map(({ name, transferSize }) => [name.split("#")[0], transferSize ? "force-cache" : "no-cache"]));
  } catch { /* private windows may refuse */ }
});

// ---- the whole book, kept by one button

const AT_ONCE = 6;
const isKept = address => caches.match(address, { ignoreSearch: true });

/** The button at the foot that keeps every file of the book in this language (literate/publish.py lists them). */
function offerBook() {
  const box = document.querySelector(".tp-foot__keep");
  if (!box) return;
  const button = box.querySelector("button"), status = box.querySelector("[role=status]");
  const list = new URL("book.json", bookRoot()), siteRoot = new URL(".", new URL(serviceWorker, location));
  const read = async answer => {
    const { words: said, files } = await answer.json();
    return { said, urls: Object.keys(files).map(path => new URL(path, siteRoot).href), size: Object.values(files).reduce((sum, one) => sum + one, 0) };
  };
  const done = ({ said, size }) => {
    status.textContent = said.done.replace("{size}", (size / 1e6).toFixed(1));
    button.textContent = said.again;
  };
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const book = await read(await fetch(list));
      navigator.storage.persist?.(); // what a reader asks for is not to be cleared unasked
      const missing = await keepAll(book.urls, count => {
        status.textContent = book.said.progress.replace("{done}", count).replace("{all}", book.urls.length);
      });
      if (missing) status.textContent = book.said.missing.replace("{n}", missing);
      else done(book);
    } catch { status.textContent = words.offline; }
    button.disabled = false;
  });
  box.hidden = false;
  // Once the foot is in view, it says whether the book is there already
  new IntersectionObserver(async ([{ isIntersecting }], observer) => {
    if (!isIntersecting) return;
    observer.disconnect();
    const answer = await isKept(list);
    const book = answer && await read(answer);
    if (book && (await Promise.all(book.urls.map(isKept))).every(Boolean)) done(book);
  }).observe(box);
}

/** Ask the worker to keep these addresses, some at once. Returns how many it could not keep. */
async function keepAll(urls, tell) {
  const { active } = await navigator.serviceWorker.ready;
  const waiting = [...urls];
  let count = 0, missing = 0;
  const next = async () => {
    for (let url = waiting.shift(); url; url = waiting.shift()) {
      const { port1, port2 } = new MessageChannel();
      const answer = new Promise(resolve => { port1.onmessage = ({ data }) => resolve(data); });
      active.postMessage([[url, "no-cache"]], [port2]);
      if (!await answer) missing += 1;
      tell(count += 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  return missing;
}

// ---- the page that is shown in place of one that is not kept (offline.html)

async function showKept(spoken) {
  const root = new URL(".", location), wanted = new URL(location.hash.slice(1), root).href;
  const mine = [...spoken].sort((a, b) => b.dataset.prefix.length - a.dataset.prefix.length)
    .find(({ dataset }) => wanted.startsWith(new URL(dataset.prefix, root).href)) ?? spoken[0];
  for (const each of spoken) each.hidden = each !== mine;
  document.documentElement.lang = mine.lang;
  document.title = mine.querySelector("h1").textContent;
  if (wanted.startsWith(root.href)) mine.querySelector("[data-wanted]").href = wanted;
  for (const link of all(".tp-contents a", mine)) if (!await isKept(link.href)) link.closest("li").remove();
  for (const part of all(".tp-contents section:not(:has(li))", mine)) part.remove();
}
const spoken = all(".tp-no-network");
if (spoken.length) showKept(spoken);
