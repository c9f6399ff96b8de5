// A server's loop that forgets to forget: a Map of sessions and listeners on a bus grow, beside garbage and a bounded cache.
const { EventEmitter } = require("node:events");

const sessions = new Map();
const bus = new EventEmitter().setMaxListeners(0);
const cache = new Map();
let requests = 0;

class Session {
  constructor(id) {
    this.id = id;
    this.events = Array.from({ length: 40 }, (_, index) => ({ index, text: `event ${index} of ${id}` }));
  }
}

function rememberSession(id) {
  const session = new Session(id); // the leak
  sessions.set(id, session);
  bus.on("close", () => session.id);
}

function refillCache(id) {
  cache.set(id % 200, { id, values: new Array(100).fill(id) });
}

function healthyGarbage() {
  let sum = 0;
  for (const { value } of Array.from({ length: 400 }, (_, value) => ({ value, text: String(value) }))) {
    sum += value;
  }
  return sum;
}

function onRequest() {
  const id = requests++;
  rememberSession(id);
  refillCache(id);
  healthyGarbage();
}

let ticks = 0, longest = 0, last = performance.now();
setInterval(() => {
  const now = performance.now();
  longest = Math.max(longest, now - last);
  last = now;
  ticks++;
  for (let request = 0; request < 10; request++) onRequest();
}, 50);
setInterval(() => {
  console.log(`ticks ${ticks} longest_ms ${Math.round(longest)}`);
  ticks = longest = 0;
}, 1000);
if (process.env.OWN_HANDLER) process.on("SIGUSR1", () => console.log("handled SIGUSR1"));
