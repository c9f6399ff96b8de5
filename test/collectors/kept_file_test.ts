/** Kernel files that stay open: read anew each time, by pread and by seek and read alike. */

import assert from "node:assert/strict";
import { openKept, openSought } from "../../collectors/kept_file.ts";

for (const [how, open] of [["as here", openKept], ["by seek and read", openSought]] as const) {
  Deno.test(`a kept file is read from its beginning each time, ${how}`, () => {
    const file = open("/proc/version"), bytes = new Uint8Array(4096);
    try {
      for (let turn = 0; turn < 2; turn++) {
        const length = file.read(bytes);
        const text = new TextDecoder().decode(bytes.subarray(0, length));
        assert.equal(text, Deno.readTextFileSync("/proc/version"));
      }
    } finally {
      file.close();
    }
    assert.throws(() => open("/proc/version/none"));
    assert.throws(() => open("/proc/4194305/statm"), Deno.errors.NotFound);
  });

  Deno.test(`a kept file fails with ESRCH once its process is gone, ${how}`, async () => {
    const child = new Deno.Command("sleep", { args: ["1000"] }).spawn();
    const file = open(`/proc/${child.pid}/statm`), bytes = new Uint8Array(4096);
    try {
      assert.ok(file.read(bytes) > 0);
      child.kill();
      await child.status;
      assert.throws(() => file.read(bytes), /ESRCH|os error 3/);
    } finally {
      file.close();
    }
  });
}
