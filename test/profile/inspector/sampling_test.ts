/** V8's heap profile as sites. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { parseTargetId } from "../../../profile/inspector/discover.ts";
import { lastOrdinal, parseSamplingProfile } from "../../../profile/inspector/sampling.ts";
import recorded from "./sampling_profile.json" with { type: "json" };

const node = (
  id: number,
  name: string,
  url: string,
  lineNumber: number,
  selfSize: number,
  children: unknown[] = [],
) => ({
  id,
  callFrame: { functionName: name, scriptId: "1", url, lineNumber, columnNumber: 0 },
  selfSize,
  children,
});

const FILE = "file:///srv/app.js";
const PROFILE = {
  head: node(1, "(root)", "", -1, 0, [
    node(2, "onRequest", FILE, 8, 100, [
      node(3, "Session", FILE, 2, 5000, [node(4, "from", "", -1, 700), node(5, "push", "", -1, 300)]),
    ]),
    node(6, "onTimer", FILE, 20, 0, [node(7, "Session", FILE, 2, 1000)]),
  ]),
  samples: [
    { size: 3000, nodeId: 3, ordinal: 1 },
    { size: 2000, nodeId: 3, ordinal: 9 },
    { size: 100, nodeId: 2, ordinal: 4 },
  ],
};

Deno.test("sampling: bytes by line, stacks that end in one line merged, the largest naming it", () => {
  const { sites, live_bytes } = parseSamplingProfile(PROFILE);
  assert.equal(live_bytes, 7100);
  assert.deepEqual(sites.map(({ stack, live_bytes, share }) => [stack[0], live_bytes, share?.toFixed(3)]), [
    ["Session /srv/app.js:3", 7000, "0.986"],
    ["onRequest /srv/app.js:9", 100, "0.014"],
  ]);
  assert.deepEqual(sites[0]!.stack, ["Session /srv/app.js:3", "onRequest /srv/app.js:9"]);
});

Deno.test("sampling: only what is older than an ordinal is counted", () => {
  assert.equal(lastOrdinal(PROFILE), 9);
  const { sites } = parseSamplingProfile(PROFILE, 4);
  assert.deepEqual(sites.map(({ live_bytes, count }) => [live_bytes, count]), [[3000, 1], [100, 1]]);
});

Deno.test("sampling: a recorded profile of a leaking server", () => {
  const { sites } = parseSamplingProfile(recorded);
  assert.match(
    sites[0]!.stack.find((frame) => frame.includes("leak_sessions.js"))!,
    /Session|rememberSession|onRequest|anonymous/,
  );
  assert.ok(sites[0]!.share! > 0.4);
});

Deno.test("sampling: whatever is sent, it throws one line or tells sites that are sound", () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), (answer) => {
    try {
      const { sites } = parseSamplingProfile(answer);
      assert.ok(sites.every(({ live_bytes }) => (live_bytes ?? 0) > 0));
    } catch (error) {
      assert.match(
        (error as Error).message,
        /^the (inspector's answer is not a heap profile|heap profile is too deep)$/,
      );
    }
  }));
});

Deno.test("discovery: the path of a target, never its host, and nothing strange", () => {
  const target = { id: "0a1b-2c", type: "node", webSocketDebuggerUrl: "ws://198.51.100.1:9/0a1b-2c" };
  assert.equal(parseTargetId([target]), "0a1b-2c");
  assert.equal(
    parseTargetId([{ ...target, type: "deno", webSocketDebuggerUrl: "ws://127.0.0.1:9229/ws/0a1b-2c" }]),
    "ws/0a1b-2c",
  );
  assert.equal(parseTargetId([{ ...target, id: "../x" }]), null);
  assert.equal(parseTargetId([{ ...target, type: "page" }]), null);
  assert.equal(parseTargetId({}), null);
  fc.assert(fc.property(fc.jsonValue(), (answer) => {
    const path = parseTargetId(answer);
    assert.ok(path === null || /^(ws\/)?[\w-]{1,64}$/.test(path));
  }));
});
