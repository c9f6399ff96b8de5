/** Profiles of programs in real podman containers of the container lab, which must be up. */

import assert from "node:assert/strict";
import { lab } from "../container_lab.ts";
import { built, source } from "./leaking_program.ts";
import { assertNothingLeft, profileWith } from "./run_profile.ts";

const IMAGE = "localhost/lab/busybox:latest";

/** A container of an unprivileged user with this machine's programs in it, and nothing else in common. */
class Container {
  private constructor(readonly name: string, readonly pid: number, readonly tmp: string) {}

  static async start(name: string, folder: string, ...command: string[]): Promise<Container> {
    // The lab's image has a /tmp of root's alone.
    const tmp = Deno.makeTempDirSync({ prefix: "in-podman-" });
    Deno.chmodSync(tmp, 0o1777);
    const mounts = ["/usr:/usr", "/lib:/lib", "/lib64:/lib64", "/etc:/etc", `${folder}:/app`];
    await lab([
      ...["engine", "podman", "run", "-d", "--name", name, "--label", "lab=1", "--network", "none"],
      ...[
        "--user",
        "65534",
        "-v",
        `${tmp}:/tmp`,
        ...mounts.flatMap((mount) => ["-v", `${mount}:ro`]),
      ],
      ...[IMAGE, ...command],
    ]);
    const pid = await lab(["engine", "podman", "inspect", "-f", "{{.State.Pid}}", name]);
    const container = new Container(name, Number(pid), tmp);
    await container.goOn(3);
    return container;
  }

  /** Resolves when the program has come round for so many more seconds. */
  async goOn(seconds: number): Promise<void> {
    const count = async () => (await lab(["engine", "podman", "logs", this.name])).split("\n").length;
    const wanted = await count() + seconds;
    for (let tries = 0; await count() < wanted; tries++) {
      assert.ok(tries < 60, `${this.name} stands still`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await lab(["engine", "podman", "rm", "-f", this.name]);
    Deno.removeSync(this.tmp, { recursive: true });
  }
}

export async function profileJvmInPodman(): Promise<void> {
  const classes = await built("LeakOrders.java", (directory) => ["javac", "-g", "-d", directory]);
  Deno.chmodSync(classes, 0o755); // the container's user is another one
  await using container = await Container.start(
    ...["lab-jvm", classes, "/usr/bin/java", "-Xmx256m", "-cp", "/app", "LeakOrders"] as const,
  );
  const { sites, coverage } = await profileWith("jvm-histogram", container.pid, "--for", "6s");
  assert.match(sites[0]!.type ?? "", /^LeakOrders\$OrderRecord\b/);
  assert.ok((coverage ?? 0) >= 0.6, `coverage ${coverage}`);
  await container.goOn(2);
  assertNothingLeft(container);
}

export async function profileNodeInPodman(): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "in-podman-" });
  try {
    Deno.chmodSync(folder, 0o755);
    Deno.copyFileSync(source("leak_sessions.js"), `${folder}/leak_sessions.js`);
    // Wherever this machine has it.
    Deno.copyFileSync(Deno.realPathSync(await pathOf("node")), `${folder}/node`);
    await using container = await Container.start(
      ...["lab-node", folder, "/app/node", "/app/leak_sessions.js"] as const,
    );
    const { sites } = await profileWith("inspector-sampling", container.pid, "--for", "6s");
    assert.match(sites[0]!.stack.join("\n"), /\/app\/leak_sessions\.js:\d+/);
    await container.goOn(2);
    assertNothingLeft(container);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

async function pathOf(program: string): Promise<string> {
  const { stdout } = await new Deno.Command("sh", { args: ["-c", `command -v ${program}`] }).output();
  return new TextDecoder().decode(stdout).trim();
}
