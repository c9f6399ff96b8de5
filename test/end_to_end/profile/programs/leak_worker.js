// One of two worker threads keeps every job it is given; the main thread only counts.
const { isMainThread, Worker, workerData } = require("node:worker_threads");

if (isMainThread) {
  new Worker(__filename, { workerData: "keeps" });
  new Worker(__filename, { workerData: "rests" });
  let ticks = 0;
  setInterval(() => ticks++, 50);
  setInterval(() => {
    console.log(`ticks ${ticks} longest_ms 0`);
    ticks = 0;
  }, 1000);
} else {
  const jobs = [];
  let count = 0;
  const keepJob = (id) => {
    jobs.push({ id, text: `job ${id}`, steps: [id, id + 1, id + 2] }); // the leak
  };
  setInterval(() => {
    for (let job = 0; workerData === "keeps" && job < 300; job++) keepJob(count++);
  }, 50);
}
