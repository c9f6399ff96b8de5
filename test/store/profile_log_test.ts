/** Profiles in a session's log: bounded when written, bounded and forgiving when read. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_EVIDENCE_BYTES } from "../../model/profile_evidence.ts";
import { evidenceLine, parseEvidence, readEvidence } from "../../store/profile_log.ts";
import { evidence, profile } from "../cli/evidence/samples.ts";

Deno.test("profile log: what is written is read again", () => {
  const one = evidence();
  assert.deepEqual(parseEvidence(evidenceLine(one)), one);
  assert.match(one.answer!.headline, /^67 % of what was allocated in 20 s .* comes from remember leak\.js:0/);
});

Deno.test("profile log: a line is never longer than 64 KiB, and its answer stays", () => {
  const large = evidence(profile(1000, 200, `${"frame".repeat(50)} /srv/leak.js`));
  const line = evidenceLine(large);
  assert.ok(line.length <= MAX_EVIDENCE_BYTES, `${line.length}`);
  assert.deepEqual(parseEvidence(line)!.answer, large.answer);
  assert.ok(!line.includes("\n"));
});

Deno.test("profile log: names of the process do nothing to whoever looks at the log", () => {
  const line = evidenceLine(evidence(profile(1, 2, "\x1b[31m\u202e<script>\n /srv/x.js")));
  for (const unsafe of ["\x1b", "\u202e", "\n"]) assert.ok(!line.includes(unsafe));
  assert.ok(parseEvidence(line)!.answer!.sites[0]!.name.includes("[31m"));
});

Deno.test("profile log: a line of somebody else is passed over", () => {
  fc.assert(fc.property(fc.string(), (line) => parseEvidence(line) === null));
  fc.assert(fc.property(fc.json(), (line) => parseEvidence(line) === null));
  const one = { ...evidence(), pid: -1 };
  assert.equal(parseEvidence(evidenceLine(one)), null);
  assert.equal(parseEvidence(" ".repeat(300_000)), null);
});

Deno.test("profile log: torn lines and missing segments are passed over, and so much is read and no more", async () => {
  const directory = Deno.makeTempDirSync();
  try {
    const path = `${directory}/profiles.log`;
    const line = evidenceLine(evidence());
    Deno.writeTextFileSync(path, `${line}\ntorn {\n${line}\n${line.slice(0, 50)}`);
    const segment = { path, number: null, compressed: false, bytes: 0, modified_seconds: 0 };
    const gone = { ...segment, path: `${directory}/gone.log` };
    assert.equal((await readEvidence({ logs: { profiles: [gone, segment] } })).length, 2);
    assert.equal((await readEvidence({ logs: {} })).length, 0);
    Deno.writeTextFileSync(path, `${line}\n`.repeat(300));
    assert.equal((await readEvidence({ logs: { profiles: [segment] } })).length, 200);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
