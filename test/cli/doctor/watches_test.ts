import assert from "node:assert/strict";
import { readWatches } from "../../../cli/doctor/watches.ts";
import type { Alert } from "../../../model/finding.ts";
import { inDirectory, newSession } from "../../store/sessions.ts";

const NOW = 1_800_000_060;

const alert = (rule: string, state: Alert["state"], message: string): Alert => ({
  rule,
  severity: "warning",
  state,
  subject: "leakwatch",
  value: 3,
  threshold: 0,
  message,
  next_step: "",
  since: "2027-01-15T08:01:00Z",
  id: rule,
});

Deno.test("doctor: a running watch says which alerts it turned away, until that is over", () =>
  inDirectory(async (directory) => {
    const session = newSession(directory);
    const look = async () => (await readWatches([directory])).map(({ ok, state }) => ({ ok, state }));
    const calm = { ok: true, state: `${session.id} (pid ${Deno.pid}): no errors` };
    session.writeAlert(alert("memory-high", "firing", "memory is used up"), NOW);
    assert.deepEqual(await look(), [calm]);
    session.writeAlert(alert("alerts-turned-away", "firing", "3 more alerts hold"), NOW);
    session.writeAlert(alert("log-unwritable", "firing", "cannot write x"), NOW);
    assert.deepEqual(await look(), [{
      ok: false,
      state: `${session.id} (pid ${Deno.pid}): 3 more alerts hold; cannot write x`,
    }]);
    session.writeAlert(alert("alerts-turned-away", "resolved", ""), NOW + 5);
    session.writeAlert(alert("log-unwritable", "resolved", ""), NOW + 5);
    assert.deepEqual(await look(), [calm]);
    await session.end("stopped", NOW + 10, { samples: 1, cost: null });
    assert.deepEqual(await look(), []);
  }));
