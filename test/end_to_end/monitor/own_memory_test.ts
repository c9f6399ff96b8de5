/** leakwatch passes its own test: the floor of its memory stays where it is, and its own detector calls it no leak. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
/** bench/monitor/long_run.ts does 100,000 by itself; they take minutes. */
const [SAMPLES, WARM] = [12_000, 4_000];

Deno.test(`leakwatch itself does not grow over ${SAMPLES.toLocaleString("en-US")} samples`, async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "--allow-all",
      `${ROOT}bench/monitor/long_run.ts`,
      String(SAMPLES),
      String(WARM),
      `${ROOT}test/fixtures/healthy/proc`,
      `${ROOT}test/fixtures/healthy/sys`,
    ],
  }).output();
  const text = new TextDecoder();
  assert.equal(code, 0, text.decode(stdout) + text.decode(stderr));
});
