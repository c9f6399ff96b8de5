/** Every collector once a second, for the number of seconds given (3600): what leakwatch itself costs. */

import { Sampler } from "../../collectors/mod.ts";

const seconds = Number(Deno.args[0] ?? 3600);
const sampler = new Sampler({ interval_seconds: 1 });
for (let sample = 0; sample < seconds; sample++) {
  sampler.take(sample === 0);
  await new Promise((resolve) => setTimeout(resolve, 1000));
}
sampler.close();
