// Chapters that were opened once open again without a network. With one, the page always comes from it: a stale page is
// never shown. What is kept belongs to one commit; when another is published, it is fetched anew and the old one dropped.

const SITE = `two-passes ${self.registration.scope} `;
const KEPT = SITE + "COMMIT"; // publish.py puts the commit in

const keep = async (request, response) => {
  if (response.ok && !response.redirected) await (await caches.open(KEPT)).put(request, response.clone());
  return response;
};

const fromNetwork = async request => {
  try {
    return await keep(request, await fetch(request, request.mode === "navigate" ? { cache: "no-cache" } : {}));
  } catch (offline) {
    const kept = await caches.match(request, { cacheName: KEPT, ignoreSearch: request.mode === "navigate" });
    if (kept) return kept;
    throw offline;
  }
};

const take = async (addresses, cache) => {
  await Promise.allSettled(addresses.map(async address => keep(address, await fetch(address, { cache }))));
};

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", event => event.waitUntil((async () => {
  const old = (await caches.keys()).filter(name => name.startsWith(SITE) && name !== KEPT);
  for (const name of old) {
    const requests = await (await caches.open(name)).keys();
    await take(requests.map(request => request.url), "no-cache");
    await caches.delete(name);
  }
  await self.clients.claim();
})()));
self.addEventListener("fetch", event => {
  const { method, url } = event.request;
  if (method === "GET" && url.startsWith(self.registration.scope)) event.respondWith(fromNetwork(event.request));
});
// The first page came before this worker did: it tells what it is made of, which the browser has just fetched
self.addEventListener("message", event => event.waitUntil(take(event.data.filter(url => url.startsWith(self.registration.scope)), "force-cache")));
