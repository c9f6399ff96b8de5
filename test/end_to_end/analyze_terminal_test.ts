/** What a person at a terminal sees while the window runs, and that Ctrl-C, once and twice, leaves the terminal as it was. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type Program, programs } from "../programs.ts";
import { requires } from "../requires.ts";
import { rootsOf } from "../cli/leakwatch.ts";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const CTRL_C = "\x03";
const CURSOR_BACK = "\x1b[?25h";
const WRAPPING_BACK = "\x1b[?7h";

/** Runs the command on a terminal of its own (script(1)) and types Ctrl-C when it has said that it is watching. */
async function onTerminal(
  program: Program,
  args: string[],
  interrupts: number,
): Promise<{ screen: string; code: number }> {
  const words = [...program.command, ...args].map((word) => `'${word}'`).join(" ");
  const child = new Deno.Command("script", {
    args: ["-qefc", `stty cols 120; exec ${words}`, "/dev/null"],
    cwd: REPOSITORY,
    env: { TERM: "xterm", NO_COLOR: "" },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const keyboard = child.stdin.getWriter();
  const decoder = new TextDecoder();
  let screen = "";
  let typed = 0;
  for await (const part of child.stdout) {
    screen += decoder.decode(part, { stream: true });
    if (typed === 0 && screen.includes("Ctrl-C reports now")) {
      for (; typed < interrupts; typed++) await keyboard.write(new TextEncoder().encode(CTRL_C));
    }
  }
  await keyboard.close().catch(() => {});
  return { screen, code: (await child.status).code };
}

for (const program of programs()) {
  const roots = rootsOf("leaking");

  Deno.test({
    ...requires(`analyze on a terminal shows progress, and reports at Ctrl-C (${program.name})`, "script"),
    fn: async () => {
      const { screen, code } = await onTerminal(program, [
        "analyze",
        "--duration",
        "1h",
        "-i",
        "1s",
        ...roots,
      ], 1);
      assert.equal(code, 0, screen);
      assert.match(screen, /watching \d+ s of 1 h · 7 processes · no suspect · Ctrl-C reports now/);
      const [window, report] = screen.split("reporting now; Ctrl-C again quits");
      assert.match(window!, /MACHINE[\s\S]*TOP BY RSS/, "the snapshot came first");
      assert.match(report!, /ended early[\s\S]*COST/);
      assert.ok(
        screen.lastIndexOf(CURSOR_BACK) > screen.lastIndexOf("Ctrl-C reports now"),
        "the cursor is back",
      );
      assert.ok(report!.includes("\x1b[1mMACHINE\x1b[22m"), "titles are bold on a terminal");
    },
  });

  Deno.test({
    ...requires(
      `analyze on a terminal quits at the second Ctrl-C and gives the terminal back (${program.name})`,
      "script",
    ),
    fn: async () => {
      const { screen, code } = await onTerminal(program, ["analyze", "--duration", "1h", "-i", "30s"], 2);
      // Between the two the report may have been printed: then the second one came too late to quit anything.
      if (code !== 0) assert.equal(code, 130, screen);
      for (const sequence of [CURSOR_BACK, WRAPPING_BACK]) {
        assert.ok(
          screen.lastIndexOf(sequence) > screen.lastIndexOf("Ctrl-C reports now"),
          JSON.stringify(sequence),
        );
      }
    },
  });
}
