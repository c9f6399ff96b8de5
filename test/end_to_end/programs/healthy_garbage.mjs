// Healthy: makes short-lived objects all the time; the collector takes them when it likes.
const held = { last: [] };
setInterval(() => {
  held.last = Array.from({ length: 20_000 }, (_, i) => ({ i, text: `object ${i}` }));
}, 50);
