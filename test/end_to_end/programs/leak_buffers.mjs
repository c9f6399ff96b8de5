// Leaks: 2 MiB/s of buffers kept in a map.
const kept = new Map();
const begin = performance.now();
setInterval(() => {
  while (kept.size < ((performance.now() - begin) / 1000) * 8) {
    kept.set(kept.size, Buffer.alloc(256 * 1024, 1));
  }
}, 100);
