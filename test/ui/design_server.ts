/** A server over the made-up machine with a past already seen: `deno run -A test/ui/design_server.ts [PORT] [HOURS] [PROCESSES]`. */

import { loadPageAssets } from "../../cli/serve/page_assets.ts";
import { fakeApp } from "./fake_app.ts";

const [port = "7439", hours = "2", processes = "180", findings = "yes"] = Deno.args;
const { app, machine, observe } = fakeApp({
  processes: Number(processes),
  findings: findings === "yes",
  assets: await loadPageAssets(),
});
const step = Math.max(2, Number(hours) * 3600 / 5000);
machine.time = Date.now() / 1000 - Number(hours) * 3600;
machine.start = machine.time;
while (machine.time < Date.now() / 1000 - 900) observe(machine.advance(step));
while (machine.time < Date.now() / 1000) observe(machine.advance(2));
setInterval(() => observe(machine.advance(Date.now() / 1000 - machine.time)), 2000);
Deno.serve({ port: Number(port), hostname: "127.0.0.1" }, app.fetch);
console.log("ready");
