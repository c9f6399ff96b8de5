/** What an ordinary user sees, on the machine itself and where /proc hides other users' processes. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { requires } from "../../requires.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

const LOOK = `
import { emptySample } from "./model/empty_sample.ts";
import { hostCollector } from "./collectors/kernel/host.ts";
import { processesCollector } from "./collectors/process/processes.ts";
const sample = emptySample();
const context = {
  roots: { proc: "/proc", sys: "/sys" },
  unavailable: (source, why, hint) => sample.unavailable.push({ source, why, hint }),
};
for (const make of [hostCollector, processesCollector]) make(context).collect(sample, context);
const users = [...new Set(sample.processes.map(({ uid }) => uid))];
console.log(JSON.stringify({ users, unavailable: sample.unavailable, count: sample.processes.length }));
`;

interface Seen {
  users: number[];
  count: number;
  unavailable: { source: string; why: string; hint: string }[];
}

/** Runs the look as user 65534, after a command that root may give in a mount namespace of its own. */
async function lookAsNobody(before: string): Promise<Seen> {
  const directory = Deno.makeTempDirSync();
  try {
    // A copy: the sources may lie where only root may go.
    const folders = ["collectors", "model"].map((folder) => `${ROOT}/${folder}`);
    await new Deno.Command("cp", { args: ["-r", ...folders, directory] }).output();
    Deno.copyFileSync(Deno.execPath(), `${directory}/deno`);
    Deno.writeTextFileSync(`${directory}/look.ts`, LOOK);
    await new Deno.Command("chown", { args: ["-R", "65534:65534", directory] }).output();
    const { stdout, stderr } = await new Deno.Command("unshare", {
      args: [
        "--mount",
        "sh",
        "-c",
        `${before}; cd ${directory} && exec setpriv --reuid 65534 --regid 65534 --clear-groups ./deno run -A --no-config look.ts`,
      ],
      env: { DENO_DIR: `${directory}/cache`, HOME: directory, NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder().decode(stdout);
    assert.notEqual(text, "", new TextDecoder().decode(stderr));
    const seen: Seen = JSON.parse(text);
    // Said besides where the tests run in a container.
    seen.unavailable = seen.unavailable.filter(({ source }) => source !== "processes of the host");
    return seen;
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

Deno.test({
  ...requires("hidden: hidepid leaves one's own processes, and says so", "root", "unshare", "setpriv"),
  fn: async () => {
    const seen = await lookAsNobody("mount -t proc -o hidepid=2 proc /proc");
    assert.deepEqual(seen.users, [65534]);
    assert.deepEqual(
      seen.unavailable.map(({ source, hint }) => [source, hint.includes("root")]),
      [
        ["other users' processes", true],
      ],
    );
    assert.match(seen.unavailable[0]!.why, /hidepid=(2|invisible)/);
  },
});

Deno.test({
  ...requires(
    "hidden: an ordinary user sees all processes, and is told what only root may read",
    "root",
    "unshare",
    "setpriv",
  ),
  fn: async () => {
    const seen = await lookAsNobody("true");
    assert.ok(seen.users.includes(0) && seen.users.includes(65534), `${seen.users}`);
    assert.equal(seen.unavailable.length, 1);
    assert.match(seen.unavailable[0]!.why, /only root/);
  },
});
