/** Podman as an unprivileged user runs it: its socket in /run/user, its containers among the user's own cgroups. */

import assert from "node:assert/strict";
import { requires } from "../requires.ts";
import { assertRootless } from "./container_checks.ts";
import { lab, LAB_PARTS, parseLab, rootless } from "./container_lab.ts";
import { look } from "./containers_look.ts";

const LEAK = { LEAK_KB: "512" };

for (const mode of ["delegated", "plain"]) {
  const name = mode === "plain" ? "without any" : "with a cgroup of its own";
  Deno.test(requires(`containers: rootless podman ${name}`, ...LAB_PARTS), async () => {
    try {
      await lab(["engines"]);
      const id = parseLab(await rootless(["up", mode], LEAK)).ids["podman lab-rootless"]!;
      const container = assertRootless(await look(65, 1), id);
      if (mode === "delegated") {
        assert.match(container.cgroup, /^\/user\.slice\/user-4242\.slice\/.*[0-9a-f]{64}/);
        assert.ok(container.anon_bytes! > 20 * 1024 * 1024 && container.pids! >= 1);
      }
    } finally {
      await rootless(["down"]);
    }
  });
}
