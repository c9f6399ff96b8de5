/**
 * cold-memory: what was not touched in the window. What leaks is never used again, so it is cold; but so is a cache nobody
 * asks, and a collector that marks in the objects touches everything: evidence, not proof.
 */

import { kindOfMapping } from "../../collectors/process/mapping_kind.ts";
import { type Mapping, parseMapping, readLines } from "../../collectors/procfs/maps.ts";
import { parseSmapsField } from "../../collectors/procfs/smaps.ts";
import { ProfileError } from "../errors.ts";
import { measureGrowth, waitWindow } from "../growth.ts";
import type { Method } from "../method.ts";
import { makeResult, rankSites } from "../result.ts";
import { assertSame } from "../target.ts";

/** Kinds that hold what a program allocates; code and data of files are cold in every program. */
const OWN_KINDS: ReadonlySet<string> = new Set(["heap", "arena", "anonymous", "named", "memfd"]);

export const coldMemory: Method = {
  name: "cold-memory",
  title: "how much of its memory it does not touch, by mapping: evidence, not proof",
  rank: 80,
  appliesTo: () => true,
  describe(target, seconds) {
    const file = `${target.proc}/${target.pid}/clear_refs`;
    const offer = {
      needs: ["root or the same user"],
      consent: 1 as const,
      cost: {
        pause: "6 ms for 320 MiB, in which it cannot map memory",
        slowdown: "each page's next access sets its accessed bit again: not measurable",
        left_behind: "nothing; until touched again, its pages look unused to kernel reclaim",
      },
      undo: "nothing to undo: the accessed bits return with use",
      commands: [
        `echo 1 > /proc/${target.pid}/clear_refs`,
        `wait ${seconds} s`,
        `read /proc/${target.pid}/smaps`,
      ],
    };
    try {
      Deno.openSync(file, { write: true }).close();
      return { ...offer, available: true, reason: null };
    } catch {
      return {
        ...offer,
        available: false,
        reason: "may not write its clear_refs; run leakwatch as root or as its user",
      };
    }
  },
  async run(target, options) {
    assertSame(target);
    const growth = measureGrowth(target);
    const began = performance.now();
    try {
      Deno.writeTextFileSync(`${target.proc}/${target.pid}/clear_refs`, "1", { create: false });
    } catch {
      throw new ProfileError(
        `may not write clear_refs of process ${target.pid}; run leakwatch as root or as its user`,
      );
    }
    const pause_ms = Math.ceil(performance.now() - began);
    options.progress("waiting until memory in use has been touched");
    await waitWindow(options.seconds, options.signal);
    assertSame(target);
    const kinds = coldByKind(parseReferenced(readLines(`${target.proc}/${target.pid}/smaps`)));
    assertSame(target);
    const { growth_bytes, seconds } = growth();
    const resident = kinds.reduce((sum, { rss_bytes }) => sum + rss_bytes, 0);
    const sites = rankSites(
      kinds.filter(({ cold_bytes }) => cold_bytes > 0).map(({ kind, cold_bytes, mappings }) => ({
        stack: [],
        type: kind,
        live_bytes: cold_bytes,
        count: mappings,
        held_by: null,
      })),
    );
    const cold = sites.reduce((sum, { live_bytes }) => sum + (live_bytes ?? 0), 0);
    return [makeResult(coldMemory.name, target, {
      seconds,
      growth_bytes,
      growth_source: "rss",
      meaning: "not-referenced",
      coverage: null,
      sites,
      cost: { pause_ms, slowdown: null, left_behind: [] },
      warnings: [
        `${
          Math.round(100 * cold / Math.max(1, resident))
        } % of its heap and anonymous memory was not touched in ${Math.round(seconds)} s`,
      ],
    })];
  },
};

export interface ReferencedMapping extends Mapping {
  rss_bytes: number;
  referenced_bytes: number;
  swap_bytes: number;
}

/** Mappings with what of them was touched since clear_refs (proc_pid_smaps(5)). Pure. */
export function* parseReferenced(lines: Iterable<string>): Generator<ReferencedMapping> {
  let current: ReferencedMapping | null = null;
  for (const line of lines) {
    const mapping = parseMapping(line);
    if (mapping !== null) {
      if (current !== null) yield current;
      current = { ...mapping, rss_bytes: 0, referenced_bytes: 0, swap_bytes: 0 };
      continue;
    }
    const field = parseSmapsField(line);
    if (current === null || field === null) continue;
    if (field.name === "Rss") current.rss_bytes = field.bytes;
    else if (field.name === "Referenced") current.referenced_bytes = field.bytes;
    else if (field.name === "Swap") current.swap_bytes = field.bytes;
  }
  if (current !== null) yield current;
}

/** By kind, the coldest first; what is swapped out was not touched either. Pure. */
export function coldByKind(
  mappings: Iterable<ReferencedMapping>,
): { kind: string; mappings: number; rss_bytes: number; cold_bytes: number }[] {
  const all = [...mappings];
  const kinds = new Map<string, { kind: string; mappings: number; rss_bytes: number; cold_bytes: number }>();
  all.forEach((mapping, at) => {
    const { kind, name } = kindOfMapping(mapping, all[at - 1] ?? null, all[at + 1] ?? null);
    if (!OWN_KINDS.has(kind)) return;
    const title = name === "" ? kind : `${kind} ${name}`;
    const sum = kinds.get(title) ?? { kind: title, mappings: 0, rss_bytes: 0, cold_bytes: 0 };
    kinds.set(title, sum);
    sum.mappings++;
    sum.rss_bytes += mapping.rss_bytes + mapping.swap_bytes;
    sum.cold_bytes += Math.max(0, mapping.rss_bytes - mapping.referenced_bytes) + mapping.swap_bytes;
  });
  return [...kinds.values()].sort((a, b) => b.cold_bytes - a.cold_bytes);
}
