// Pages that were opened once open again without a network. With a network the page always comes from it, so that nobody
// reads an old page. The cache belongs to one build; when another is published, its files are requested again and the old
// cache is deleted. A file that cannot be requested then stays as it was; only what the server says is gone is dropped.

// The build fills in the book's name, and literate/publish.py a hash of all its files
const SITE = `BOOK_KEY ${self.registration.scope} `;
const CACHE = SITE + "BUILD";

const keep = async (request, response) => {
  if (!response.ok || response.redirected) return;
  const copy = response.clone(); // before waiting: the page reads the response meanwhile
  await (await caches.open(CACHE)).put(request, copy);
};

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
    throw offline;
  }
};

const renew = async (address, old) => {
  const fresh = await fetch(address, { cache: "no-cache" }).catch(() => null);
  if (fresh?.status !== 404) await keep(address, fresh?.ok ? fresh : await old.match(address));
};

self.addEventListener("install", () => self.skipWaiting());
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
// The first page was loaded before this worker: it sends the addresses of its files, and which of them the browser has just fetched
self.addEventListener("message", event => event.waitUntil(Promise.allSettled(event.data
  .filter(([url]) => url.startsWith(self.registration.scope))
  .map(async ([url, cache]) => keep(url, await fetch(url, { cache }))))));
