import assert from "node:assert/strict";
import { EngineClient } from "../../../collectors/container/engine_client.ts";
import { getJson } from "../../../collectors/container/engine_http.ts";
import { parseContainers, parsePing, parseSpace } from "../../../collectors/container/engine_parse.ts";
import {
  candidateSockets,
  findSockets,
  socketOfVariable,
} from "../../../collectors/container/engine_sockets.ts";
import { Engines } from "../../../collectors/container/engines.ts";
import { emptyContainer } from "../../../model/empty_records.ts";
import { LIVE_ROOTS } from "../../../collectors/roots.ts";
import { emptySample } from "../../../model/empty_sample.ts";
import { type Answer, fakeEngine } from "./fake_engine.ts";

const A = "a1".repeat(32);
const B = "b2".repeat(32);
const QUICK = { timeout_seconds: 0.2 };

const DOCKER: Record<string, Answer> = {
  "/_ping": { headers: "Api-Version: 1.41\r\nServer: Docker/20.10.24 (linux)\r\n", text: "OK" },
  "/v1.41/containers/json?all=1": {
    json: [
      { Id: A, Names: ["/web"], Image: "nginx:1", State: "running", Status: "Up 3 hours", Labels: {} },
      { Id: B, Names: ["/job"], Image: "sha256:77", State: "exited", Status: "Exited (137) 2 hours ago" },
    ],
  },
  [`/v1.41/containers/${A}/json`]: {
    json: { RestartCount: 4, State: { OOMKilled: false, ExitCode: 0, Running: true } },
  },
  [`/v1.41/containers/${B}/json`]: {
    json: { RestartCount: 0, State: { OOMKilled: true, ExitCode: 137, Running: false } },
  },
  "/v1.41/system/df": {
    json: {
      LayersSize: 900,
      Images: [{ Size: 600, SharedSize: 100, Containers: 1 }, { Size: 400, SharedSize: 100, Containers: 0 }],
      Containers: [{ SizeRw: 50, State: "running" }, { SizeRw: 70, State: "exited" }],
      Volumes: [{ UsageData: { Size: 10, RefCount: 0 } }, { UsageData: { Size: -1, RefCount: 1 } }],
      BuildCache: [{ Size: 30, InUse: false }, { Size: 5, InUse: true }, { Size: 99, Shared: true }],
    },
  },
};

function context() {
  const notes: string[] = [];
  return {
    notes,
    context: {
      roots: LIVE_ROOTS,
      unavailable: (source: string, why: string) => notes.push(`${source}: ${why}`),
    },
  };
}

Deno.test("engines: names, restarts, exit codes and disk space reach the sample", async () => {
  const engine = fakeEngine(DOCKER);
  const engines = new Engines(context().context, { sockets: [engine.socket], ...QUICK });
  engines.start(false);
  await engines.settled();
  const sample = emptySample();
  sample.containers = [{ ...emptyContainer(A), cgroup: `/docker/${A}`, state: "running", usage_bytes: 7 }];
  // A busy machine's engine answers late.
  for (let n = 0; n < 100; n++) {
    engines.apply(sample);
    if (sample.containers[1]?.oom_killed !== null && sample.containers[1]?.exit_code !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
    engines.start(false);
    await engines.settled();
  }
  const [web, job] = sample.containers;
  assert.deepEqual(
    [web!.name, web!.image, web!.engine, web!.restarts, web!.oom_killed, web!.exit_code, web!.usage_bytes],
    ["web", "nginx:1", "docker", 4, false, null, 7],
  );
  assert.deepEqual(
    [job!.name, job!.state, job!.oom_killed, job!.exit_code, job!.usage_bytes],
    ["job", "stopped", true, 137, null],
  );
  // A second application adds nothing twice.
  engines.apply(sample);
  assert.equal(sample.containers.length, 2);
  engines.start(false);
  for (let n = 0; n < 1000 && sample.engines[0]?.space.length !== 4; n++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    engines.apply(sample);
  }
  assert.deepEqual(
    sample.engines[0]!.space.map((row) => [row.kind, row.count, row.size_bytes, row.reclaimable_bytes]),
    [["images", 2, 900, 300], ["containers", 2, 120, 70], ["volumes", 2, 10, 10], ["build-cache", 3, 35, 30]],
  );
  engines.close();
  engine.close();
});

Deno.test("engines: asks with GET alone, and never for statistics, which take a second each", async () => {
  const engine = fakeEngine(DOCKER);
  const client = new EngineClient(engine.socket, QUICK);
  await client.refreshContainers();
  await client.refreshDiskUsage();
  assert.ok(engine.requests.length >= 5);
  for (const line of engine.requests) {
    assert.match(
      line,
      /^GET \/(_ping|v1\.41\/(containers\/json\?all=1|containers\/[0-9a-f]{64}\/json|system\/df)) HTTP\/1\.0$/,
    );
  }
  engine.close();
});

Deno.test("engines: one that hangs delays no sample, is said once, and is asked again later", async () => {
  const engine = fakeEngine({ "/_ping": "hang" });
  const { notes, context: told } = context();
  const engines = new Engines(told, { sockets: [engine.socket], ...QUICK });
  engines.start(true, 0);
  engines.apply(emptySample()); // Returns at once, with nothing.
  await engines.settled();
  assert.equal(notes.length, 1);
  assert.match(notes[0]!, /no answer within 0.2 s/);
  engines.start(true, performance.now() / 1000 + 1); // Too early: it waits for its retry even with unnamed containers.
  assert.equal(engine.requests.length, 1);
  Object.assign(engine.answers, DOCKER);
  engines.start(true, performance.now() / 1000 + 60);
  await engines.settled();
  const sample = emptySample();
  engines.apply(sample);
  assert.equal(sample.containers.length, 2);
  engines.close();
  engine.close();
});

Deno.test("engines: one that drips bytes for ever is cut off", async () => {
  const engine = fakeEngine({ "/version": "drip" });
  await assert.rejects(getJson(engine.socket, "/version", QUICK), /no answer within 0.2 s/);
  engine.close();
});

Deno.test("engines: an answer too long is dropped", async () => {
  const engine = fakeEngine({ "/version": { text: "x".repeat(100_000) } });
  await assert.rejects(
    getJson(engine.socket, "/version", { timeout_seconds: 5, max_bytes: 50_000 }),
    /longer than 50000/,
  );
  engine.close();
});

Deno.test("engines: close ends a question in flight", async () => {
  const engine = fakeEngine({ "/_ping": "hang" });
  const { notes, context: told } = context();
  const engines = new Engines(told, { sockets: [engine.socket], timeout_seconds: 3600 });
  engines.start(false);
  engines.close();
  await engines.settled();
  assert.deepEqual(notes, []);
  engine.close();
});

Deno.test("engines: no socket is no failure", async () => {
  const { notes, context: told } = context();
  const engines = new Engines(told, { sockets: ["/nonexistent/engine.sock"], ...QUICK });
  engines.start(false);
  await engines.settled();
  assert.deepEqual(notes, []);
});

Deno.test("engines: a container removed between list and inspection spoils nothing", async () => {
  const answers = { ...DOCKER };
  delete answers[`/v1.41/containers/${A}/json`];
  const engine = fakeEngine(answers);
  const client = new EngineClient(engine.socket, QUICK);
  await client.refreshContainers();
  assert.equal(client.containers.find((container) => container.id === B)?.oom_killed, true);
  engine.close();
});

Deno.test("engines: podman's empty body with status 200 says nothing", async () => {
  const engine = fakeEngine({ ...DOCKER, [`/v1.41/containers/${B}/json`]: { text: "" } });
  const client = new EngineClient(engine.socket, QUICK);
  await client.refreshContainers();
  const job = client.containers.find((container) => container.id === B)!;
  assert.equal(job.oom_killed, null);
  assert.equal(job.exit_code, 137); // The list's status line told.
  engine.close();
});

for (
  const [what, answer, expected] of [
    ["HTML", { text: "<html>" }, /not JSON/],
    ["an error", { status: 500, json: { message: "driver failed" } }, /answers 500: driver failed/],
    ["rubbish", { raw: "SSH-2.0-OpenSSH\r\n" }, /not HTTP/],
    ["nothing", { raw: "" }, /not HTTP/],
  ] as [string, Answer, RegExp][]
) {
  Deno.test(`engines: a socket that answers ${what}`, async () => {
    const engine = fakeEngine({ "/version": answer });
    await assert.rejects(getJson(engine.socket, "/version", QUICK), expected);
    engine.close();
  });
}

Deno.test("engines: Docker 29 refuses 1.41, and is asked in its own version", async () => {
  const engine = fakeEngine({
    "/_ping": { headers: "Api-Version: 1.52\r\nServer: Docker/29.0.0 (linux)\r\n", text: "OK" },
    "/v1.41/containers/json?all=1": {
      status: 400,
      json: { message: "client version 1.41 is too old. Minimum supported API version is 1.44" },
    },
    "/v1.52/containers/json?all=1": { json: [{ Id: A, Names: ["/web"], State: "running" }] },
  });
  const client = new EngineClient(engine.socket, QUICK);
  await client.refreshContainers();
  assert.deepEqual([client.containers[0]!.name, client.version!.api], ["web", "1.52"]);
  engine.close();
});

Deno.test("parsePing: who answers, and in which version of the API to ask", () => {
  const ping = (headers: Record<string, string>) => parsePing(new Map(Object.entries(headers)));
  const docker = ping({ "api-version": "1.39", "server": "Docker/18.09.1 (linux)" });
  assert.deepEqual([docker.engine, docker.version, docker.api], ["docker", "18.09.1", "1.39"]);
  const podman = ping({
    "api-version": "1.41",
    "libpod-api-version": "4.3.1",
    "server": "Libpod/4.3.1 (linux)",
  });
  assert.deepEqual([podman.engine, podman.version, podman.api], ["podman", "4.3.1", "1.41"]);
  assert.equal(ping({}).api, "1.41");
});

Deno.test("parseContainers: a name as long as somebody likes is cut", () => {
  const [container] = parseContainers([{
    Id: A,
    Names: [`/${"x".repeat(100_000)}`],
    Image: "y".repeat(1e5),
  }]);
  assert.deepEqual([container!.name!.length, container!.image!.length], [256, 256]);
});

Deno.test("parseContainers: Kubernetes labels, missing names, one bad entry", () => {
  const labels = {
    "io.kubernetes.pod.name": "web-1",
    "io.kubernetes.pod.namespace": "shop",
    "io.kubernetes.container.name": "app",
  };
  const told = parseContainers([{ Id: A, Names: ["/k8s_app_web-1"], Labels: labels }, { Id: 5 }, {
    Id: B,
    Names: null,
    Labels: null,
  }]);
  assert.deepEqual(told.map((container) => [container.name, container.pod]), [["app", "shop/web-1"], [
    null,
    null,
  ]]);
});

Deno.test("parseSpace: podman says LayersSize 0 and leaves lists out", () => {
  const [images, , volumes] = parseSpace({
    LayersSize: 0,
    Images: [{ Size: 500, SharedSize: 0, Containers: 6 }],
  });
  assert.deepEqual([images!.size_bytes, images!.reclaimable_bytes, volumes!.count], [500, 0, 0]);
});

Deno.test("socketOfVariable: unix sockets alone", () => {
  assert.equal(socketOfVariable("unix:///run/x.sock"), "/run/x.sock");
  assert.equal(socketOfVariable("tcp://10.0.0.1:2375"), null);
  assert.equal(socketOfVariable(undefined), null);
});

Deno.test("candidateSockets: the environment's first, then the system's and those of rootless users", () => {
  const sockets = candidateSockets({ CONTAINER_HOST: "unix:///srv/p.sock", DOCKER_HOST: "tcp://x" }, [
    "1000",
    "1001",
  ]);
  assert.equal(sockets[0], "/srv/p.sock");
  for (const path of ["/run/docker.sock", "/run/podman/podman.sock", "/run/user/1001/podman/podman.sock"]) {
    assert.ok(sockets.includes(path), path);
  }
  assert.ok(sockets.includes("/run/user/1000/docker.sock"));
});

Deno.test("findSockets: finds the one that the environment names, by two names once", () => {
  const engine = fakeEngine({});
  const link = `${engine.socket}.link`;
  Deno.symlinkSync(engine.socket, link);
  const before = { docker: Deno.env.get("DOCKER_HOST"), container: Deno.env.get("CONTAINER_HOST") };
  Deno.env.set("DOCKER_HOST", `unix://${engine.socket}`);
  Deno.env.set("CONTAINER_HOST", `unix://${link}`);
  const found = findSockets().filter((path) => path.startsWith(engine.socket));
  for (
    const [name, value] of [["DOCKER_HOST", before.docker], ["CONTAINER_HOST", before.container]] as const
  ) {
    if (value === undefined) Deno.env.delete(name);
    else Deno.env.set(name, value);
  }
  engine.close();
  assert.equal(found.length, 1);
});
