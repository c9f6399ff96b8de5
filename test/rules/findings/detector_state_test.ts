import assert from "node:assert/strict";
import fc from "fast-check";
import { LeakDetector } from "../../../rules/findings/mod.ts";
import { aProcess, aUnit, MiB, samples, someMemory } from "./machine.ts";

/** A service that grows and is restarted, one at rest, and a machine that moves. */
const run = () =>
  samples(740, 15, (sample, i) => {
    const life = Math.trunc(i / 240), anon_bytes = (60 + 2 * (i % 240)) * MiB;
    sample.memory = someMemory({ anon_bytes: (400 + i) * MiB });
    sample.processes = [
      aProcess(100 + life, { name: "java", unit: "app.service", anon_bytes }),
      aProcess(7, { name: "cron" }),
    ];
    sample.units = [aUnit("app.service", anon_bytes)];
  });

/** JSON as a file would hold it, and samples to go on with. */
function stateAndRest() {
  const watch = new LeakDetector();
  // The same object comes each time.
  const all = Array.from(run(), (sample) => structuredClone(sample));
  for (const sample of all.slice(0, 730)) watch.observe(sample);
  return { json: JSON.stringify(watch), rest: all.slice(730) };
}

/** Goes on as a service that is started again would. */
function goOn(state: unknown, rest: ReturnType<typeof stateAndRest>["rest"]): LeakDetector {
  const watch = LeakDetector.fromJSON(state);
  for (const sample of rest) watch.observe(sample);
  watch.findings();
  JSON.stringify(watch);
  return watch;
}

/** Every place in a value, as keys from its root. */
function places(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, part]) => places(part, [...path, key]))];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) {
    return value.map((part, i) => String(i) === key ? replaced(part, rest, by) : part);
  }
  const object = value as Record<string, unknown>;
  return { ...object, [key]: replaced(object[key], rest, by) };
}

Deno.test("state: taken up again, it is what it was", () => {
  const { json } = stateAndRest(), before = JSON.parse(json);
  const again = JSON.parse(JSON.stringify(LeakDetector.fromJSON(before)));
  assert.ok(before.registry.entries.length > 5 && before.restarts.programs.length > 0);
  assert.deepEqual([again.registry, again.restarts], [before.registry, before.restarts]);
});

Deno.test("state: whatever stands in one place of it, the watch begins, goes on and can be kept again", () => {
  const { json, rest } = stateAndRest();
  const state = JSON.parse(json), all = places(state);
  const values = fc.oneof(
    fc.constantFrom(null, 0, -1, 1e308, -1e308, 0.5, "", "x", true, [], {}, [null], "AAAA", "////"),
    fc.jsonValue({ maxDepth: 2 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.uint8Array({ maxLength: 240 }).map((bytes) => btoa(String.fromCharCode(...bytes))),
  );
  fc.assert(
    fc.property(fc.nat(all.length - 1), values, (at, value) => {
      goOn(replaced(state, all[at]!, value), rest);
    }),
    { numRuns: 200 },
  );
});

Deno.test("state: what is none begins anew", () => {
  const { rest } = stateAndRest();
  const begun = JSON.stringify(goOn(undefined, rest));
  for (const state of [null, 3, "x", [], {}, { version: 2 }, { version: 3, registry: null }]) {
    assert.equal(JSON.stringify(goOn(state, rest)), begun);
  }
});
