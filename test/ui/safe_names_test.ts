import assert from "node:assert/strict";
import fc from "fast-check";
import { safeJson, safeText } from "../../model/safe_text.ts";
import { fakeApp, local } from "./fake_app.ts";

const HOSTILE = "evil\x1b]0;owned\x07\u202egnp.exe\u200b\ud800";
/** Escape sequences, marks of direction, characters without width; also as JSON escapes. */
const UNSAFE =
  // deno-lint-ignore no-control-regex -- they are what is looked for
  /[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800]|(?<!\\)\\u(?:001b|d800)/;

Deno.test({
  name: "names: nothing that a process calls itself reaches JSON, the stream or /metrics as it is",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const { app, live, machine, observe } = fakeApp({
      assets: {
        html: '<script id="first-look" type="application/json"></script>',
        script: "1",
        style: "a{}",
        icon: "<svg/>",
      },
      hostname: HOSTILE,
      library: {
        list: () =>
          Promise.resolve({
            sessions: [],
            directories: [HOSTILE],
            unreadable: [{ path: HOSTILE, why: HOSTILE }],
          }),
        open: () => Promise.reject(new Error(HOSTILE)),
      },
    });
    const leave = live.presence.join();
    const stream = live.broadcast.subscribe(leave)!.getReader();
    for (let t = 0; t < 60; t += 2) {
      const sample = machine.advance(2);
      sample.processes[0]!.name = HOSTILE;
      sample.processes[0]!.command = HOSTILE;
      for (const unit of sample.units) unit.name = HOSTILE;
      for (const container of sample.containers) container.name = HOSTILE;
      observe(sample);
    }
    const { pid, start_ticks } = machine.sample.processes[0]!;
    const paths = ["/", "/api/now", "/api/processes", `/api/processes/${pid}/${start_ticks}`];
    for (
      const path of [
        ...paths,
        "/api/about",
        "/api/sessions",
        "/api/sessions/a/now",
        "/api/no%1b",
        "/api/containers",
        "/api/kernel",
        "/api/alerts",
        "/metrics",
      ]
    ) {
      const text = await (await app.request(local(path))).text();
      assert.ok(!UNSAFE.test(text), path);
    }
    const { processes } = await (await app.request(local("/api/processes"))).json();
    assert.equal(processes[0].name, safeText(HOSTILE));
    await stream.read();
    const { value } = await stream.read();
    assert.ok(!UNSAFE.test(new TextDecoder().decode(value)));
    await stream.cancel();
  },
});

Deno.test("names: JSON of plain values is that of JSON.stringify; any text comes back as its safe form", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme-ascii" }), fc.integer(), (name, n) => {
    assert.deepEqual(JSON.parse(safeJson({ name, n, list: [name] })), { name, n, list: [name] });
  }));
  fc.assert(fc.property(fc.string({ unit: "binary" }), (name) => {
    assert.equal(JSON.parse(safeJson({ name })).name, safeText(name));
  }));
});
