// Chapters that were opened once open again without a network. With one, the page always comes from it: a stale page is
// never shown. What is kept belongs to one commit; when another is published, it is fetched anew and the old one dropped.
// What cannot be fetched then stays as it was; only what the site says is gone goes.

const SITE = `two-passes ${self.registration.scope} `;
const KEPT = SITE + "COMMIT"; // publish.py puts the commit in

const keep = async (request, response) => {
  if (!response.ok || response.redirected) return;
  const copy = response.clone(); // at once: the page reads the response while this waits
  await (await caches.open(KEPT)).put(request, copy);
};

// Names stay the same from commit to commit: unless each file is asked whether it has changed, a new page may meet an old
// sheet or program. Fonts hardly change, and text would jump while they are asked.
const fromNetwork = async event => {
  const { request } = event;
  try {
    const response = await fetch(request, { cache: request.destination === "font" ? request.cache : "no-cache" });
    event.waitUntil(keep(request, response)); // apart: a full disk keeps no page from being shown
    return response;
  } catch (offline) {
    const kept = await caches.match(request, { cacheName: KEPT, ignoreSearch: request.mode === "navigate" });
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
  const old = (await caches.keys()).filter(name => name.startsWith(SITE) && name !== KEPT);
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
// The first page came before this worker did: it tells what it is made of, and what of it the browser has just fetched
self.addEventListener("message", event => event.waitUntil(Promise.allSettled(event.data
  .filter(([url]) => url.startsWith(self.registration.scope))
  .map(async ([url, cache]) => keep(url, await fetch(url, { cache }))))));
