// What a reader sees of a page's arrival. The browser buffers what happens from the first byte on; some time after `load` all
// of it is there.
(settled = 1000) => new Promise(done => {
  const seen = { shift: 0, longest: 0, blocked: 0 };
  const watch = (type, add) => new PerformanceObserver(list => list.getEntries().forEach(add)).observe({ type, buffered: true });
  watch("layout-shift", entry => { if (!entry.hadRecentInput) seen.shift += entry.value; });
  watch("longtask", ({ duration }) => { // the browser tells of tasks above 50 ms: that much does not block
    seen.longest = Math.max(seen.longest, duration);
    seen.blocked += duration - 50;
  });
  const paint = () => performance.getEntriesByName("first-contentful-paint")[0].startTime;
  setTimeout(() => done({ ...seen, paint: paint() }), settled);
})
