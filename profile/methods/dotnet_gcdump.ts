/** Live objects by type, twice, through `dotnet-gcdump` where it is installed: which type grows. Written to its documentation; not proven here. */

import { isDotnetType, parseHeapReport } from "../dotnet/heap_report.ts";
import { ProfileError } from "../errors.ts";
import { measureGrowth, waitWindow } from "../growth.ts";
import type { Method, MethodOffer } from "../method.ts";
import { unavailable } from "../method.ts";
import { makeResult } from "../result.ts";
import { findTool } from "../find_tool.ts";
import { runTool } from "../run_tool.ts";
import { assertSame, type Target } from "../target.ts";
import { rankTypeGrowth, sitesOfGrowth } from "../type_growth.ts";

const REPORT_SECONDS = 120;

export const dotnetGcdump: Method = {
  name: "dotnet-gcdump",
  title: "which type has more objects than before",
  rank: 10,
  appliesTo: ({ runtime }) => runtime === "dotnet",
  describe(target) {
    const offer: Omit<MethodOffer, "available" | "reason"> = {
      needs: ["dotnet-gcdump in /usr/local/bin or /usr/bin", "root or the same user"],
      consent: 1,
      cost: {
        pause: "two full collections of the heap, with all objects walked",
        slowdown: "none",
        left_behind: "nothing",
      },
      undo: "nothing to undo",
      commands: [`dotnet-gcdump report -p ${target.pid}`, "wait", `dotnet-gcdump report -p ${target.pid}`],
    };
    const reason = whyNot(target);
    return reason === null ? { ...offer, available: true, reason } : unavailable(offer, reason);
  },
  async run(target, options) {
    options.progress("first heap report (a full collection)");
    const before = await report(target);
    const growth = measureGrowth(target);
    await waitWindow(options.seconds, options.signal);
    const { seconds } = growth();
    options.progress("second heap report (a full collection)");
    const after = await report(target);
    assertSame(target);
    const sites = sitesOfGrowth(rankTypeGrowth(before.types, after.types, isDotnetType));
    const growth_bytes = after.total_bytes - before.total_bytes;
    return [makeResult(dotnetGcdump.name, target, {
      seconds,
      growth_bytes,
      growth_source: "heap",
      meaning: "instance-growth",
      sites,
    })];
  },
};

function whyNot({ same_mnt }: Target): string | null {
  if (findTool("dotnet-gcdump") === null) {
    return "dotnet-gcdump is not installed: dotnet tool install --tool-path /usr/local/bin dotnet-gcdump";
  }
  return same_mnt
    ? null
    : "it runs in a container, whose diagnostics socket lies in its own /tmp; run dotnet-gcdump there";
}

async function report(target: Target) {
  assertSame(target);
  const { code, stdout, stderr } = await runTool("dotnet-gcdump", ["report", "-p", String(target.pid)], {
    seconds: REPORT_SECONDS,
    env: { DOTNET_CLI_TELEMETRY_OPTOUT: "1", DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: "1" },
  });
  const parsed = code === 0 ? parseHeapReport(new TextDecoder().decode(stdout)) : null;
  if (parsed === null) {
    throw new ProfileError(
      `dotnet-gcdump gave no report: ${stderr.trim().split("\n").at(-1) || `status ${code}`}`,
    );
  }
  return parsed;
}
