// What a reader sees of a page's arrival. The browser buffers what happens from the first byte on; a second after `load` all
// of it is there.
() => new Promise(done => {
  const seen = { shift: 0, longest: 0 };
  const watch = (type, add) => new PerformanceObserver(list => list.getEntries().forEach(add)).observe({ type, buffered: true });
  watch("layout-shift", entry => { if (!entry.hadRecentInput) seen.shift += entry.value; });
  watch("longtask", entry => { seen.longest = Math.max(seen.longest, entry.duration); });
  const paint = () => performance.getEntriesByName("first-contentful-paint")[0].startTime;
  setTimeout(() => done({ ...seen, paint: paint() }), 1000);
})
