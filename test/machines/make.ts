/**
 * Makes the committed trees anew: `deno run -A test/machines/make.ts [DIRECTORY]`. A test holds them to what is written
 * here. To see growth on a tree, play one: `deno run -A test/machines/simulate.ts` (see there).
 */

import { fileURLToPath } from "node:url";
import type { FakeMachine } from "./machine.ts";
import { writeMachine } from "./machine.ts";
import { healthy, hidepid, leaking, oldKernel } from "./machines.ts";

export const TREES: Record<string, FakeMachine> = {
  healthy,
  leaking: leaking(),
  hidepid,
  old_kernel: oldKernel,
};

export function makeTrees(directory: string): void {
  for (const [name, machine] of Object.entries(TREES)) writeMachine(`${directory}/${name}`, machine);
}

if (import.meta.main) {
  const directory = Deno.args[0] ?? fileURLToPath(new URL("../fixtures", import.meta.url));
  for (const name of Object.keys(TREES)) {
    try {
      Deno.removeSync(`${directory}/${name}`, { recursive: true });
    } catch {
      // Not there yet.
    }
  }
  makeTrees(directory);
}
