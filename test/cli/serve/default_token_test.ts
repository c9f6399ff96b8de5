import assert from "node:assert/strict";
import { listenAddress } from "../../../cli/arguments/page.ts";
import { hasPeople, makeDefaultToken } from "../../../cli/serve/default_token.ts";
import { programs } from "../../programs.ts";
import { requires } from "../../requires.ts";

Deno.test("default token: people are the accounts with their uids; an unreadable passwd is no proof of none", () => {
  const root = "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534::/:/usr/sbin/nologin\n";
  assert.equal(hasPeople(root), false);
  assert.equal(hasPeople(`${root}anna:x:1000:1000::/home/anna:/bin/sh\n`), true);
  assert.equal(hasPeople("broken\n:::\n"), false);
  assert.equal(hasPeople(null), true);
});

Deno.test(
  requires("default token: root gets another one each time where others have processes", "root").name,
  { ignore: Deno.uid() !== 0 },
  async () => {
    const proc = await Deno.makeTempDir();
    await Deno.mkdir(`${proc}/7`);
    await Deno.writeTextFile(`${proc}/7/status`, "Name:\tx\nUid:\t33\t33\t33\t33\n");
    const [one, other] = [makeDefaultToken(proc), makeDefaultToken(proc)];
    assert.match(one!, /^[\w-]{24}$/);
    assert.notEqual(one, other);
    await Deno.remove(proc, { recursive: true });
  },
);

Deno.test("default token: an address to listen on has a port; IPv6 stands in brackets", () => {
  assert.deepEqual(listenAddress("[::1]:9100"), { host: "::1", port: 9100 });
  assert.deepEqual(listenAddress("node-7:80"), { host: "node-7", port: 80 });
  for (const wrong of ["9100", "::1:9100", "a:99999", "http://a:1", "a:"]) {
    assert.throws(() => listenAddress(wrong), /ADDRESS:PORT/);
  }
});

/** Status of /api/now of a program that is started with these arguments, with and without what it printed. */
async function statuses(args: readonly string[]): Promise<{ without: number; printed: number; url: URL }> {
  const [command, ...words] = [...programs().at(-1)!.command, ...args];
  const child = new Deno.Command(command!, { args: words, stdout: "null", stderr: "piped" }).spawn();
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  while (!/http:\/\/\S+\s/.test(said)) {
    const { value, done } = await reader.read();
    assert.ok(!done, `it ended: ${said}`);
    said += value;
  }
  const reading = (async () => {
    while (!(await reader.read()).done);
  })();
  const url = new URL(said.match(/http:\/\/\S+/)![0]);
  const status = async (headers: Record<string, string>) => {
    const response = await fetch(new URL("/api/now", url), { headers });
    await response.body?.cancel();
    return response.status;
  };
  const token = url.searchParams.get("token");
  const result = {
    without: await status({}),
    printed: await status(token ? { authorization: `Bearer ${token}` } : {}),
    url,
  };
  child.kill("SIGTERM");
  await child.status;
  await reading;
  return result;
}

/** Others have processes on it. */
const OTHERS = ["--proc-root", "/proc"];
const hasOthers = () => makeDefaultToken("/proc") !== null;

Deno.test({
  name: "default token: what root serves asks for the token that is printed; --no-token asks for none",
  ignore: Deno.uid() !== 0 || !hasOthers(),
  async fn() {
    const { without, printed } = await statuses(["serve", "--port", "0", ...OTHERS]);
    assert.deepEqual([without, printed], [401, 200]);
    const open = await statuses(["serve", "--port", "0", "--no-token", ...OTHERS]);
    assert.deepEqual([open.without, open.url.search], [200, ""]);
  },
});

Deno.test("default token: `boot` and `monitor` listen where they are told, with the token of the file", async () => {
  const directory = await Deno.makeTempDir();
  const token = `${directory}/token`;
  await Deno.writeTextFile(token, "0123456789abcdef\n", { mode: 0o600 });
  try {
    for (const command of [["monitor", "0", "1"], ["boot", "--interval", "1s"]]) {
      const page = ["--listen", "127.0.0.2:0", "--token-file", token, "--output-dir", `${directory}/logs`];
      const { without, url } = await statuses([...command, ...page]);
      assert.equal(without, 401);
      assert.equal(url.hostname, "127.0.0.2");
      assert.equal(url.search, "");
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
