// Reading without a network. Only a published site names its service worker; without one, or without permission to store,
// the site works as before.

const serviceWorker = document.querySelector("meta[name=service-worker]")?.content;
if (serviceWorker && navigator.serviceWorker) addEventListener("load", async () => {
  try {
    await navigator.serviceWorker.register(serviceWorker);
    if (navigator.serviceWorker.controller) return;
    const { active } = await navigator.serviceWorker.ready;
    // What came from the browser's cache may be older than the page, and is requested again
    const loaded = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
    active.postMessage(loaded.map(({ name, transferSize }) => [name.split("#")[0], transferSize ? "force-cache" : "no-cache"]));
  } catch { /* private windows may refuse */ }
});
