/**
 * A web application that leaks 4 MiB a second: every session stays in the Map `sessions`, for nobody logs out. Beside it
 * goes on what looks like a leak and is none: a cache of bounded size, and objects that die young. With `fixed` as its
 * argument it forgets old sessions.
 *
 *     node examples/leaks/sessions.mjs [fixed]
 */

const sessions = new Map();
const pages = new Map();
const fixed = process.argv.includes("fixed");

class Session {
  constructor(user) {
    this.user = user;
    this.visits = new Array(2000).fill(user);
  }
}

async function openSession(id) {
  const user = await findUser(id);
  sessions.set(id, new Session(user)); // the leak
  if (fixed) sessions.delete(id - 250);
}

function findUser(id) {
  return Promise.resolve(`user ${id}`); // where others ask a database
}

function renderPage(id) {
  pages.set(id % 100, { id, cells: new Array(200).fill(id) }); // bounded: 100 keys
}

function onRequest(id) {
  openSession(id);
  renderPage(id);
  new Array(2000).fill(id).join(); // garbage
}

let id = 0;
const start = performance.now();
setInterval(() => {
  const due = (performance.now() - start) * 0.25; // requests, 250 a second
  while (id < due) onRequest(id++);
}, 20);
