/** The container image, built and run by a real podman: the host's processes, read-only mounts, two capabilities, a token. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { lab, LAB_PARTS } from "./container_lab.ts";
import { untilTrue } from "./fleet/query.ts";
import { freePort } from "./lab/fleet/servers.ts";
import { requires } from "../requires.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const TOKEN = "0123456789abcdef0123456789abcdef";
const NAME = "leakwatch-image-test", IMAGE = "localhost/leakwatch:test";

Deno.test({
  ...requires(
    "container image: built by podman, it watches the host and can change nothing",
    "binary",
    ...LAB_PARTS,
  ),
  fn: async () => {
    const directory = Deno.makeTempDirSync({ prefix: "leakwatch-image-" });
    const podman = (...args: string[]) => lab(["engine", "podman", ...args]);
    await lab(["up", "podman"]);
    try {
      const made = await new Deno.Command(`${ROOT}deploy/image_root.sh`, {
        args: [Deno.env.get("LEAKWATCH_BINARY")!, `${directory}/image`],
        stderr: "piped",
      }).output();
      assert.ok(made.success, new TextDecoder().decode(made.stderr));
      await podman(
        "build",
        "--quiet",
        "-t",
        IMAGE,
        "-f",
        `${ROOT}deploy/Containerfile`,
        `${directory}/image`,
      );
      Deno.writeTextFileSync(`${directory}/token`, `${TOKEN}\n`, { mode: 0o600 });
      const port = freePort();
      await podman(
        ...["run", "-d", "--name", NAME, "--pid=host", "--network=host", "--read-only"],
        ...[
          "--cap-drop=ALL",
          "--cap-add=SYS_PTRACE",
          "--cap-add=DAC_READ_SEARCH",
          "--security-opt=no-new-privileges",
        ],
        ...[
          "-v",
          "/sys:/host/sys:ro",
          "-v",
          `${directory}/token:/etc/leakwatch/token:ro`,
          "--tmpfs",
          "/var/log/memory-monitor",
        ],
        ...[IMAGE, "monitor", "0", "1", "--sys-root", "/host/sys", "-o", "/var/log/memory-monitor"],
        ...["--listen", `127.0.0.1:${port}`, "--token-file", "/etc/leakwatch/token"],
      );
      const scrape = async (): Promise<string> => {
        const headers = { authorization: `Bearer ${TOKEN}` };
        const reply = await fetch(`http://127.0.0.1:${port}/metrics`, { headers }).catch(() => null);
        return reply === null ? "" : await reply.text();
      };
      await untilTrue(async () => /^leakwatch_processes \d/m.test(await scrape()));
      const text = await scrape();
      // All of the host's, this test among them.
      const shown = Number(/^leakwatch_processes (\d+)/m.exec(text)![1]);
      const here = [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).length;
      assert.ok(shown > here / 2, `${shown} of ${here} processes`);
      assert.match(text, /^leakwatch_memory_total_bytes \d{8,}$/m);
      // Other users' descriptors are readable, units and containers are named.
      assert.match(text, /^leakwatch_process_open_descriptors\{/m);
      const denied = await fetch(`http://127.0.0.1:${port}/metrics`);
      assert.equal(denied.status, 401);
      await denied.body?.cancel();
      const mounts = Deno.readTextFileSync(
        `/proc/${(await podman("inspect", "--format", "{{.State.Pid}}", NAME)).trim()}/mounts`,
      );
      assert.match(mounts, /^\S+ \/ \S+ ro[,\s]/m);
      assert.match(mounts, /^\S+ \/host\/sys \S+ ro[,\s]/m);
    } finally {
      await podman("rm", "-f", NAME).catch(() => "");
      await podman("rmi", "-f", IMAGE).catch(() => "");
      await lab(["down"]);
      Deno.removeSync(directory, { recursive: true });
    }
  },
});
