/** `analyze --from http://…` as a process: reports one can read, and every wrong word in one line. */

import assert from "node:assert/strict";
import { failure, fakePrometheus, type FakeServer, type Intercept } from "../fleet/fake_prometheus.ts";
import { smallFleet } from "../fleet/small_fleet.ts";
import { assertGolden } from "../golden.ts";
import { programs } from "../programs.ts";
import { leakwatch, rootsOf } from "./leakwatch.ts";

const { data, points } = smallFleet();
const WINDOW = [
  "--start",
  String(data.timeOf(0)),
  "--end",
  new Date(data.timeOf(points - 1) * 1000).toISOString(),
];

async function withServer<T>(
  use: (server: FakeServer) => Promise<T>,
  intercept?: Intercept,
  prefix?: string,
): Promise<T> {
  const server = fakePrometheus(data, intercept, prefix);
  try {
    return await use(server);
  } finally {
    await server.close();
  }
}

/** What differs from run to run: the port, and what the run cost. */
const steady = (text: string) =>
  text.replace(/127\.0\.0\.1:\d+/g, "SERVER").replace(/^(\*\*)?COST(\*\*)? [\s\S]*$/m, "COST\n");

for (const program of programs()) {
  Deno.test(`${program.name}: analyze --format check says one line and exits as plugins do`, () =>
    withServer(async ({ url }) => {
      const check = (...args: string[]) => leakwatch(program, ["analyze", "--format", "check", ...args]);
      const leaking = await check("--from", url, ...WINDOW);
      assert.match(
        leaking.stdout,
        /^LEAKWATCH WARNING - shop\/checkout\/app leaks [\d.]+ MiB\/h since v2, [^|\n]*\| leaks=4;1;;0;11 leaks_since_version=1;;;0 /,
      );
      assert.deepEqual([leaking.code, leaking.stderr, leaking.stdout.split("\n").length], [1, "", 2]);
      const healthy = await check("--from", url, ...WINDOW, "--select", '{namespace="nowhere"}');
      assert.match(
        healthy.stdout,
        /^LEAKWATCH UNKNOWN - http:.*no series that \{namespace="nowhere"\} selects/,
      );
      assert.equal(healthy.code, 3);
      const snapshot = await check("--duration", "0", "-q", ...rootsOf("healthy"));
      assert.match(
        snapshot.stdout,
        /^LEAKWATCH OK - nothing leaks \| leaks=0;1;;0 .*memory_used=\d+B;;;0;\d+\n$/,
      );
      assert.equal(snapshot.code, 0);
      const wrong = await check("--no-such-option");
      assert.match(wrong.stdout, /^LEAKWATCH UNKNOWN - unknown option '--no-such-option'\n$/);
      assert.equal(wrong.code, 3);
    }));

  for (
    const [format, file] of [["text", "fleet.txt"], ["markdown", "fleet.md"], ["json", "fleet.json"]] as const
  ) {
    Deno.test(`${program.name}: analyze --from a server prints ${format}`, () =>
      withServer(async ({ url }) => {
        const { code, stdout, stderr } = await leakwatch(program, [
          "analyze",
          "--from",
          url,
          ...WINDOW,
          "--format",
          format,
        ]);
        assert.equal(stderr, "");
        assert.equal(code, 0);
        if (format !== "json") return assertGolden(`fleet/${file}`, steady(stdout));
        const { own, leakwatch_version: _, ...report } = JSON.parse(stdout);
        assert.equal(report.schema, "leakwatch.fleet/1");
        assert.ok(own.queries > 10 && own.seconds.total > 0);
        for (const workload of report.workloads) {
          for (const entity of workload.entities) {
            if (entity.sketch) entity.sketch = `${entity.sketch.values.length} points`;
          }
        }
        assertGolden(`fleet/${file}`, steady(JSON.stringify(report, null, 2) + "\n"));
      }));
  }

  Deno.test(`${program.name}: analyze --from a server writes a page that asks nobody`, () =>
    withServer(async ({ url }) => {
      const { code, stdout } = await leakwatch(program, [
        "analyze",
        "--from",
        url,
        ...WINDOW,
        "--format",
        "html",
      ]);
      assert.equal(code, 0);
      assert.match(stdout, /^<!doctype html>/);
      assert.equal(stdout.match(/<figure>/g)?.length, 4);
      assert.ok(!/<script|src=|href=/.test(stdout));
    }));

  Deno.test(`${program.name}: analyze --from a server: exit codes`, () =>
    withServer(async ({ url }) => {
      const of = async (...args: string[]) =>
        (await leakwatch(program, ["analyze", "--from", url, ...WINDOW, "-q", ...args])).code;
      assert.equal(await of("--fail-on", "leak"), 10);
      assert.equal(
        await of(
          "--fail-on",
          "leak",
          "--select",
          'namespace="shop",pod=~"search.*"',
          "--metrics",
          "containers",
        ),
        0,
      );
      assert.equal(await of("--strict"), 0);
    }));

  Deno.test(`${program.name}: analyze --from a server: a part that fails is told, with --strict by the exit code`, () =>
    withServer(
      async ({ url }) => {
        const { code, stdout } = await leakwatch(program, ["analyze", "--from", url, ...WINDOW, "--strict"]);
        assert.equal(code, 3);
        assert.match(stdout, /^UNAVAILABLE \(\d+\)/m);
        assert.match(stdout, /too many samples/);
      },
      ({ parameters }) =>
        parameters.get("query")?.startsWith("avg_over_time(node_memory_SU")
          ? failure(422, "too many samples")
          : null,
    ));

  Deno.test(`${program.name}: analyze --from a server: what is wrong is told in one line`, async () => {
    const secret = Deno.makeTempFileSync();
    Deno.writeTextFileSync(secret, "secret\n");
    Deno.chmodSync(secret, 0o644);
    const cases: [args: string[], code: number, says: RegExp][] = [
      [["--from", "ftp://x"], 2, /--from ftp:\/\/x: write http:\/\/ or https:\/\//],
      [["--from", "http://u:p@127.0.0.1:1"], 1, /no password in a URL/],
      [["--from", "http://127.0.0.1:1", "--from", "http://127.0.0.1:2"], 2, /--from takes one server/],
      [["--from", "http://127.0.0.1:1", "--duration", "5m"], 2, /--duration \(write --last\)/],
      [["--from", "http://127.0.0.1:1", "--interval", "5s"], 2, /--interval/],
      [["--from", "http://127.0.0.1:1", "--pid", "1"], 2, /--pid/],
      [["--from", "http://127.0.0.1:1", "--last", "10m"], 2, /1h to 90d/],
      [["--from", "http://127.0.0.1:1", "--last", "2h", "--start", "1"], 2, /give one/],
      [["--from", "http://127.0.0.1:1", "--start", "yesterday"], 2, /2026-11-21T12:00:00Z/],
      [["--from", "http://127.0.0.1:1", "--metrics", "cows"], 2, /--metrics cows: no such family/],
      [
        ["--from", "http://127.0.0.1:1", "--metric", "requests_total"],
        2,
        /--metric requests_total: not a gauge/,
      ],
      [
        ["--from", "http://127.0.0.1:1", "--token-file", "/nowhere/token"],
        1,
        /\/nowhere\/token: there is no such file/,
      ],
      [["--from", "http://127.0.0.1:1", "--token-file", secret], 1, /everybody can read it; chmod 600/],
      [["--from", "http://127.0.0.1:1", "--user", "anna"], 1, /--user and --password-file belong together/],
      [["--last", "7d"], 2, /--last: only with --from http:\/\/SERVER/],
    ];
    for (const [args, code, says] of cases) {
      const ran = await leakwatch(program, ["analyze", ...args]);
      assert.match(ran.stderr, says, args.join(" "));
      assert.equal(ran.code, code, args.join(" "));
      assert.equal(ran.stderr.trim().split("\n").length, 1, ran.stderr);
      assert.equal(ran.stdout, "");
    }
    Deno.removeSync(secret);
  });

  Deno.test(`${program.name}: analyze --from a server: a prefix is kept, its lack is told`, () =>
    withServer(
      async ({ url }) => {
        assert.equal(
          (await leakwatch(program, ["analyze", "--from", `${url}/`, ...WINDOW, "-q", "--metrics", "hosts"]))
            .code,
          0,
        );
        const bare = await leakwatch(program, ["analyze", "--from", new URL(url).origin, ...WINDOW]);
        assert.equal(bare.code, 1);
        assert.match(bare.stderr, /no Prometheus API at .*; give the prefix too, e\.g\. \/prometheus/);
      },
      undefined,
      "/select/0/prometheus",
    ));

  Deno.test(`${program.name}: analyze --from a server: credentials and headers come from files`, () =>
    withServer(async ({ url, asked }) => {
      const directory = Deno.makeTempDirSync();
      const file = (name: string, text: string) => {
        Deno.writeTextFileSync(`${directory}/${name}`, text, { mode: 0o600 });
        return `${directory}/${name}`;
      };
      const base = ["analyze", "--from", url, ...WINDOW, "-q", "--metrics", "hosts"];
      await leakwatch(program, [
        ...base,
        "--token-file",
        file("token", "s3cret\n"),
        "--header-file",
        file("headers", "X-Scope-OrgID: shop\n"),
      ]);
      assert.equal(asked[0]!.headers.get("authorization"), "Bearer s3cret");
      assert.equal(asked[0]!.headers.get("x-scope-orgid"), "shop");
      const before = asked.length;
      await leakwatch(program, [
        ...base,
        "--user",
        "anna",
        "--password-file",
        file("password", "pass word\n"),
      ]);
      assert.equal(asked[before]!.headers.get("authorization"), `Basic ${btoa("anna:pass word")}`);
      Deno.removeSync(directory, { recursive: true });
    }));
}
