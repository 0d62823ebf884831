// Pages that were opened once open again without a network. With a network the page always comes from it, so that nobody
// reads an old page. The cache belongs to one build; when another is published, its files are requested again and the old
// cache is deleted. A file that cannot be requested then stays as it was; only what the server says is gone is dropped.

// The build fills in the book's name, and literate/publish.py a hash of all its files
const SITE = `BOOK_KEY ${self.registration.scope} `;
const CACHE = SITE + "BUILD";
// What is shown of a page that is not kept, and what it is drawn with
const OFFLINE = new URL("offline.html", self.registration.scope).href;
const DRAWN_WITH = ["assets/site.css", "assets/tp.js"].map(path => new URL(path, self.registration.scope).href);

/** Whether it was kept. */
const keep = async (request, response) => {
  if (!response.ok || response.redirected) return false;
  const copy = response.clone(); // before waiting: the page reads the response meanwhile
  await (await caches.open(CACHE)).put(request, copy);
  return true;
};
const fetchAndKeep = async (url, cache) => keep(url, await fetch(url, { cache }));

// File names stay the same from commit to commit. Unless each file is checked for a change, a new page could meet an old style
// sheet or script. Fonts hardly ever change, and text would jump while they are checked.
const fromNetwork = async event => {
  const { request } = event;
  try {
    const response = await fetch(request, { cache: request.destination === "font" ? request.cache : "no-cache" });
    event.waitUntil(keep(request, response)); // not awaited: a full disk must not stop a page
    return response;
  } catch (offline) {
    const kept = await caches.match(request, { cacheName: CACHE, ignoreSearch: request.mode === "navigate" });
    if (kept) return kept;
    if (request.mode !== "navigate" || !await caches.match(OFFLINE, { cacheName: CACHE })) throw offline;
    return Response.redirect(`${OFFLINE}#${request.url.slice(self.registration.scope.length)}`);
  }
};

const renew = async (address, old) => {
  const fresh = await fetch(address, { cache: "no-cache" }).catch(() => null);
  if (fresh?.status !== 404) await keep(address, fresh?.ok ? fresh : await old.match(address));
};

self.addEventListener("install", event => {
  self.skipWaiting();
  event.waitUntil(Promise.allSettled([OFFLINE, ...DRAWN_WITH].map(url => fetchAndKeep(url, "no-cache"))));
});
self.addEventListener("activate", event => event.waitUntil((async () => {
  const old = (await caches.keys()).filter(name => name.startsWith(SITE) && name !== CACHE);
  for (const name of old) {
    const cache = await caches.open(name);
    await Promise.allSettled((await cache.keys()).map(({ url }) => renew(url, cache)));
    await caches.delete(name);
  }
  await self.clients.claim();
})()));
self.addEventListener("fetch", event => {
  const { method, url } = event.request;
  if (method === "GET" && url.startsWith(self.registration.scope)) event.respondWith(fromNetwork(event));
});
// A page sends addresses to keep, each with how to ask for it, and may wait for the answer whether all are kept. The first page was
// loaded before this worker: it sends the addresses of its files, and which of them the browser has just fetched.
self.addEventListener("message", event => event.waitUntil((async () => {
  const mine = event.data.filter(([url]) => url.startsWith(self.registration.scope));
  const kept = await Promise.allSettled(mine.map(([url, cache]) => fetchAndKeep(url, cache)));
  event.ports[0]?.postMessage(kept.every(({ value }) => value));
})()));
