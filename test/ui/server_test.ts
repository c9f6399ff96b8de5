import assert from "node:assert/strict";
import html from "../../ui/web/index.html" with { type: "text" };
import type {
  InitialState,
  KernelReply,
  NowReply,
  ProcessesReply,
  ProcessReply,
  SeriesReply,
  SuspectsReply,
} from "../../ui/server/api.ts";
import { fakeApp, local } from "./fake_app.ts";
import { HOSTILE_NAME, LEAKING_PID } from "./fake_machine.ts";

async function json<T>(response: Response | Promise<Response>): Promise<T> {
  const got = await response;
  assert.equal(got.status, 200);
  return await got.json() as T;
}

function watched(seconds = 1200, options = {}) {
  const fake = fakeApp(options);
  for (let t = 0; t < seconds; t += 2) fake.observe(fake.machine.advance(2));
  return fake;
}

/** Ends what a live view keeps open. */
function test(name: string, body: () => Promise<void> | void): void {
  Deno.test({ name: `server: ${name}`, fn: body, sanitizeOps: false, sanitizeResources: false });
}

test("now says the leak first, and its parts add up to all memory", async () => {
  const { app } = watched();
  const now = await json<NowReply>(app.request(local("/api/now")));
  assert.match(
    now.headline.text,
    /^java \(812\) leaks 96 MiB\/h, 97 % sure\. Memory full in about 3 h 30 min\.$/,
  );
  assert.equal(now.headline.tone, "leak");
  const memory = now.memory!;
  const sum = memory.programs_bytes + memory.shared_bytes! + memory.cache_bytes + memory.slab_bytes! +
    memory.kernel_bytes! + memory.unaccounted_bytes! + memory.free_bytes;
  assert.ok(Math.abs(sum - memory.total_bytes) < 4096);
  assert.equal(now.suspects[0]!.subject.pid, LEAKING_PID);
  assert.ok(now.suspects[0]!.spark!.values.length > 10);
  assert.equal(now.grows_most[0]!.pid, LEAKING_PID);
});

test("findings beyond those that come with every sample are counted, and given when asked for", async () => {
  const { app } = watched(900, { finding_count: 45 });
  const now = await json<NowReply>(app.request(local("/api/now")));
  const more = await json<SuspectsReply>(app.request(local("/api/suspects")));
  assert.equal(now.suspects.length, 30);
  assert.equal(now.more_suspects, 15);
  assert.equal(new Set([...now.suspects, ...more.suspects].map(({ key }) => key)).size, 45);
  assert.equal((await json<NowReply>(watched().app.request(local("/api/now")))).more_suspects, 0);
});

test("the echo of a leak is in no overview, and told as one where it is looked for", async () => {
  const suspectsOf = async (echoes: boolean, path: string) => {
    const { app } = watched(900, { echoes });
    const { suspects } = await json<Pick<NowReply, "suspects">>(app.request(local(path)));
    return suspects.map(({ kind, cause_title }) => `${kind} ${cause_title}`);
  };
  assert.ok((await suspectsOf(false, "/api/now")).includes("kernel-slab null"));
  assert.ok(!(await suspectsOf(true, "/api/now")).some((suspect) => suspect.startsWith("kernel-slab")));
  assert.ok((await suspectsOf(true, "/api/kernel")).includes(`kernel-slab java (${LEAKING_PID})`));
});

test("a series has a point per sample and respects range and points", async () => {
  const { app, machine } = watched(600);
  const all = await json<SeriesReply>(app.request(local("/api/series?columns=available_bytes")));
  assert.equal(all.time_seconds.length, 300);
  assert.deepEqual(Object.keys(all.columns), ["available_bytes"]);
  const few = await json<SeriesReply>(
    app.request(local(`/api/series?columns=available_bytes&points=50&from=${machine.time - 300}`)),
  );
  assert.ok(few.time_seconds.length <= 51 && few.time_seconds.length > 40);
  assert.ok(few.time_seconds[0]! >= machine.time - 300);
  assert.ok(few.low["available_bytes"]!.every((low, i) => low! <= few.high["available_bytes"]![i]!));
});

test("processes carry growth and verdict; a detail has parts, children and series", async () => {
  const { app } = watched();
  const { processes } = await json<ProcessesReply>(app.request(local("/api/processes")));
  const java = processes.find((row) => row.pid === LEAKING_PID)!;
  assert.equal(java.verdict, "leak");
  assert.equal(java.growth_bytes_per_hour, 96 * 1024 ** 2);
  const quiet = processes.find((row) => row.name === "postgres")!;
  assert.ok(quiet.verdict === null && quiet.growth_bytes_per_hour !== null);
  const detail = await json<ProcessReply>(
    app.request(local(`/api/processes/${java.pid}/${java.start_ticks}`)),
  );
  assert.ok(detail.children.length > 0 && detail.mapping_groups!.length === 3);
  assert.equal(detail.series.columns["rss_bytes"]!.length, detail.series.time_seconds.length);
  const sparks = await json<{ sparks: Record<string, unknown> }>(
    app.request(local(`/api/sparks?ids=${java.pid}-${java.start_ticks},1-1`)),
  );
  assert.deepEqual(Object.keys(sparks.sparks), [`${java.pid}-${java.start_ticks}`]);
});

test("viewers who ask within three seconds get one table; later ones a new one", async () => {
  const { app, machine, observe } = watched(20);
  const time = async () => (await json<ProcessesReply>(app.request(local("/api/processes")))).time_seconds!;
  const first = await time();
  observe(machine.advance(2));
  assert.equal(await time(), first);
  observe(machine.advance(2));
  assert.equal(await time(), first + 4);
});

test("another process under the same pid is not the one that was asked for", async () => {
  const { app } = watched(20);
  assert.equal((await app.request(local(`/api/processes/${LEAKING_PID}/1`))).status, 404);
});

test("small caches that grow are shown beside the large ones; a verdict says what it is about", async () => {
  const { app, machine, observe } = fakeApp();
  for (let t = 0; t < 1200; t += 2) {
    const sample = machine.advance(2);
    const many = Array.from({ length: 100 }, (_, i) => ({
      name: `cache-${i}`,
      object_bytes: 64,
      objects: 1000,
      active_objects: 1000,
      size_bytes: (200 - i) * 2 ** 20 + (i === 99 ? t * 2 ** 10 : 0),
    }));
    sample.slab_caches = many;
    observe(sample);
  }
  const { slab_caches } = await json<KernelReply>(app.request(local("/api/kernel")));
  const names = slab_caches!.map(({ name }) => name);
  assert.ok(names.includes("cache-0") && names.includes("cache-99") && !names.includes("cache-90"));
  const { processes } = await json<ProcessesReply>(app.request(local("/api/processes")));
  assert.equal(processes.find(({ pid }) => pid === 1203)!.verdict_kind, "process-descriptors");
});

test("a process that was looked at can still be seen when it is gone", async () => {
  const { app, machine, observe } = watched(60);
  const row = machine.sample.processes[1]!;
  const path = `/api/processes/${row.pid}/${row.start_ticks}`;
  await json(app.request(local(path)));
  machine.sample.processes.splice(1, 1);
  observe(machine.sample);
  assert.equal((await json<ProcessReply>(app.request(local(path)))).is_gone, true);
});

test("every answer is JSON or text that no browser runs, hostile names included", async () => {
  const { app } = watched(20);
  const response = await app.request(local("/api/processes"));
  assert.match(response.headers.get("content-type")!, /^application\/json/);
  assert.equal(response.headers.get("x-content-type-options"), "nosniff");
  assert.equal(response.headers.get("referrer-policy"), "same-origin");
  assert.equal(response.headers.get("access-control-allow-origin"), null);
  const policy = response.headers.get("content-security-policy")!;
  assert.ok(policy.includes("default-src 'none'") && !policy.includes("unsafe"));
  assert.ok((await response.text()).includes(JSON.stringify(HOSTILE_NAME).slice(1, -1)));
});

test("arguments can be hidden everywhere", async () => {
  const { app } = watched(20, { hide_arguments: true });
  for (const path of ["/api/processes", `/api/processes/${LEAKING_PID}/5001`, "/api/now", "/metrics"]) {
    assert.ok(!(await (await app.request(local(path))).text()).includes("--config"), path);
  }
});

test("queries out of bounds are refused", async () => {
  const { app } = watched(4);
  const wrong = [
    "/api/series?points=1000000",
    "/api/series?from=9&to=3",
    "/api/series?from=-1",
    "/api/series?from=1e99",
    "/api/series?columns=password",
    `/api/sparks?ids=${"1-1,".repeat(400)}1-1`,
    "/api/sparks?ids=../../etc",
    "/api/processes/1/x",
    "/api/processes/..%2f..%2fetc/1",
  ];
  for (const path of wrong) assert.equal((await app.request(local(path))).status, 400, path);
});

test("session ids are looked up, never used as paths", async () => {
  const asked: string[] = [];
  const { app } = fakeApp({
    library: {
      list: () => Promise.resolve({ sessions: [], directories: [], unreadable: [] }),
      open: (id) => {
        asked.push(id);
        return Promise.resolve(null);
      },
    },
  });
  for (const id of ["..%2f..%2fetc%2fpasswd", "x", "%00", "a".repeat(5000)]) {
    assert.equal((await app.request(local(`/api/sessions/${id}/now`))).status, 404);
  }
  assert.ok(asked.includes("../../etc/passwd"));
});

test("the page brings what its first chart is drawn from, and no name in it ends the element", async () => {
  const { app, machine } = watched(60, { assets: { html, script: "1", style: "a{}", icon: "<svg/>" } });
  machine.sample.processes[1]!.name = "</script><script>alert(1)</script>";
  const text = await (await app.request(local("/"))).text();
  const [, json] = text.split('<script id="first-look" type="application/json">');
  const look = JSON.parse(json!.slice(0, json!.indexOf("</script>"))) as InitialState;
  assert.equal(look.now.process_count, machine.sample.processes.length);
  assert.equal(look.series.time_seconds.length, 30);
  assert.equal(text.split("<script").length, html.split("<script").length);
  const recorded = await (await app.request(local("/sessions/x"))).text();
  assert.ok(recorded.includes('type="application/json"></script>'), "a recording is not this machine");
});

test("a page asked for before the first sample comes at once, without it", async () => {
  const { app, live } = fakeApp({ assets: { html, script: "1", style: "a{}", icon: "<svg/>" } });
  const text = await (await app.request(local("/"))).text();
  assert.ok(text.includes('type="application/json"></script>'));
  assert.ok(live.presence.isPresent(), "sampling has not begun");
});

test("what is not there is not there; every screen's address is the page", async () => {
  const { app } = watched(4);
  assert.equal((await app.request(local("/api/nothing"))).status, 404);
  assert.equal((await app.request(local("/main.js.map"))).status, 404);
  for (const path of ["/", "/processes", "/processes/812/5001", "/sessions/x/kernel"]) {
    const response = await app.request(local(path));
    assert.equal(response.status, 200);
    assert.match(response.headers.get("content-type")!, /^text\/html/);
  }
});

test("assets are compressed and asked for only once", async () => {
  const { app } = fakeApp({
    assets: { html, script: "let a = 1;".repeat(500), style: "a{}", icon: "<svg/>" },
  });
  const first = await app.request(local("/app.js", { "accept-encoding": "gzip, br" }));
  assert.equal(first.headers.get("content-encoding"), "br");
  assert.ok((await first.arrayBuffer()).byteLength < 200);
  const etag = first.headers.get("etag")!;
  assert.equal((await app.request(local("/app.js", { "if-none-match": etag }))).status, 304);
  const text = await (await app.request(local("/"))).text();
  const named = text.match(/\/app\.js\?[^"]+/)![0];
  assert.match((await app.request(local(named))).headers.get("cache-control")!, /immutable/);
  assert.equal((await app.request(local("/app.js?older"))).headers.get("cache-control"), "no-cache");
  const plain = await app.request(local("/app.js"));
  assert.equal(plain.headers.get("content-encoding"), null);
  assert.equal((await plain.text()).length, 5000);
});

test("metrics are OpenMetrics with bounded labels", async () => {
  const { app } = watched(1200, { processes: 2000 });
  const response = await app.request(local("/metrics", { accept: "application/openmetrics-text" }));
  assert.match(response.headers.get("content-type")!, /^application\/openmetrics-text; version=1\.0\.0/);
  const text = await response.text();
  assert.ok(text.endsWith("# EOF\n"));
  assert.ok(text.includes("# TYPE leakwatch_samples counter"));
  assert.match(text, /leakwatch_finding_growth_bytes_per_hour\{[^}]*subject="java \(812\)"/);
  assert.ok(
    text.split("\n").filter((line) => line.startsWith("leakwatch_process_leakable_bytes{")).length <= 70,
  );
});
