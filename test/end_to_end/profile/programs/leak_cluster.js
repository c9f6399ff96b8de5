// Two processes of node:cluster, of which one keeps what it is sent.
const cluster = require("node:cluster");

if (cluster.isPrimary) {
  cluster.fork({ ROLE: "rests" });
  cluster.fork({ ROLE: "keeps" });
  let ticks = 0;
  setInterval(() => ticks++, 50);
  setInterval(() => {
    console.log(`ticks ${ticks} longest_ms 0`);
    ticks = 0;
  }, 1000);
} else {
  const letters = [];
  let count = 0;
  const keepLetter = (id) => {
    letters.push({ id, text: `letter ${id}`, copies: [id, id] }); // the leak
  };
  setInterval(() => {
    for (let letter = 0; process.env.ROLE === "keeps" && letter < 300; letter++) keepLetter(count++);
  }, 50);
}
