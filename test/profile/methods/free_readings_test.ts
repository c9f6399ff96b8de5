/** The free readings: descriptors by kind and path, the JVM's counters. */

import assert from "node:assert/strict";
import type { Hsperfdata } from "../../../collectors/runtime/hsperfdata.ts";
import { METHOD_WORDS, methodNamed } from "../../../model/profile_methods.ts";
import { allowedMethods } from "../../../model/profile_methods.ts";
import { descriptorGrowth, descriptorName, descriptors } from "../../../profile/methods/descriptors.ts";
import { counterGrowth } from "../../../profile/methods/jvm_counters.ts";
import { METHODS } from "../../../profile/registry.ts";
import { readTarget } from "../../../profile/target.ts";

Deno.test("descriptors: by kind and path, numbers in names left out", () => {
  const names = {
    "socket:[4711]": "sockets",
    "pipe:[12]": "pipes",
    "anon_inode:[eventpoll]": "eventpoll",
    "anon_inode:inotify": "inotify",
    "/srv/session-4711.tmp": "file /srv/session-N.tmp",
    "/srv/x (deleted)": "deleted file /srv/x (deleted)",
    "/memfd:buffer (deleted)": "memfd /memfd:buffer (deleted)",
  };
  for (const [link, name] of Object.entries(names)) assert.equal(descriptorName(link), name);
});

Deno.test("descriptors: what there is more of, not what comes and goes", () => {
  const before = new Map([["sockets", 10], ["pipes", 4]]);
  const after = new Map([["sockets", 30], ["pipes", 3], ["file /x", 2], ["eventpoll", 3]]);
  assert.deepEqual(
    descriptorGrowth(before, after).map(({ type, count }) => [type, count]),
    [["sockets", 20], ["eventpoll", 3]],
  );
});

Deno.test("descriptors: of this very process, by the file that it leaves open", () => {
  const file = Deno.makeTempFileSync();
  const end = descriptors.begin(readTarget(Deno.pid));
  const open = Array.from({ length: 7 }, () => Deno.openSync(file));
  const { sites, meaning } = end();
  open.forEach((each) => each.close());
  Deno.removeSync(file);
  assert.equal(meaning, "open-descriptors");
  assert.deepEqual(sites.map(({ type, count }) => [type, count]), [[
    descriptorName(file).replace("memfd", "file"),
    7,
  ]]);
});

Deno.test("jvm counters: the part that grew", () => {
  const counters = {
    old_used_bytes: 20e6,
    metaspace_used_bytes: 5e6,
    heap_max_bytes: 512 * 2 ** 20,
  } as Hsperfdata;
  const sites = counterGrowth(counters, { ...counters, old_used_bytes: 64e6 });
  assert.equal(sites.length, 1);
  assert.deepEqual([sites[0]!.type, sites[0]!.live_bytes], ["the old generation", 44e6]);
  assert.deepEqual(counterGrowth(counters, { ...counters, old_used_bytes: null }), []);
});

Deno.test("rules file: every method that it may allow is one, and all that ask are among them", () => {
  const names = METHODS.map(({ name }) => name);
  for (const word of METHOD_WORDS) assert.ok(names.includes(methodNamed(word)), word);
  const free = ["perf-mmap", "page-faults", "go-heap", "jvm-counters", "descriptors", "smaps"];
  assert.deepEqual(names.filter((name) => !METHOD_WORDS.includes(name)).sort(), free.sort());
});

Deno.test("rules file: methods are allowed by the program's name or its runtime", () => {
  const allowed = { java: ["jvm-histogram"], node: ["inspector-sampling"], shopd: ["perf-malloc"] };
  assert.deepEqual(allowedMethods(allowed, { name: "shop", runtime: "jvm" }), ["jvm-histogram"]);
  assert.deepEqual(allowedMethods(allowed, { name: "shopd", runtime: null }), ["perf-malloc"]);
  assert.deepEqual(allowedMethods(allowed, { name: "node", runtime: "node" }), ["inspector-sampling"]);
  assert.deepEqual(allowedMethods(allowed, { name: "nginx", runtime: null }), []);
});
