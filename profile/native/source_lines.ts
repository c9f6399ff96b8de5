/** File and line of a few frames, by addr2line(1) from the debug information of the target's files, where there is any. */

import { formatFrame } from "../frame.ts";
import { findTool } from "../find_tool.ts";
import { runTool } from "../run_tool.ts";
import type { Target } from "../target.ts";
import { addressOfOffset, readElfSegments } from "./elf.ts";
import { mappedFilePath, readFileMappings } from "./maps.ts";
import type { PerfFrame } from "./perf_script.ts";
import { frameText } from "./stacks.ts";

/** Reading the debug information of one large file takes seconds. */
const SECONDS_PER_FILE = 20;
const MAX_FILES = 12;
const MAX_ADDRESSES_PER_FILE = 400;

export interface SourceLine {
  function: string;
  file: string | null;
  line: number | null;
}

/**
 * Texts of stacks, innermost frame first, with `function file:line` where it is known; inlined calls become frames of their
 * own. As the target's user, for its files are parsed. Never throws: what fails leaves the frames as perf named them.
 */
export async function describeStacks(
  target: Target,
  stacks: readonly (readonly PerfFrame[])[],
): Promise<string[][]> {
  const lines = findTool("addr2line") === null ? new Map() : await readLines(target, stacks.flat());
  return stacks.map((stack) =>
    stack.flatMap((frame) => {
      const known: SourceLine[] = lines.get(`${frame.dso}\n${frame.offset}`) ?? [];
      if (known.length === 0) return [frameText(frame)];
      return known.map(({ function: name, file, line }, at) =>
        file === null
          ? frameText({ ...frame, symbol: frame.symbol ?? (name === "??" ? null : name) })
          : formatFrame({
            // perf's name of the function itself carries no parameters.
            name: at === known.length - 1 && frame.symbol !== null ? frame.symbol : withoutParameters(name),
            file: file.replaceAll(/\s/g, "_"),
            line,
          })
      );
    })
  );
}

async function readLines(target: Target, frames: readonly PerfFrame[]): Promise<Map<string, SourceLine[]>> {
  const byFile = new Map<string, Set<string>>();
  for (const { dso, offset } of frames) {
    if (!dso.startsWith("/")) continue;
    const offsets = byFile.get(dso) ?? new Set();
    byFile.set(dso, offsets);
    if (offsets.size < MAX_ADDRESSES_PER_FILE) offsets.add(offset);
  }
  const mappings = readFileMappings(target);
  const found = new Map<string, SourceLine[]>();
  for (const [dso, offsets] of [...byFile].slice(0, MAX_FILES)) {
    const mapping = mappings.find(({ path }) => path === dso);
    if (mapping === undefined) continue;
    const segments = readElfSegments(mappedFilePath(target, mapping));
    const addresses = [...offsets].flatMap((offset) => {
      const address = addressOfOffset(segments, parseInt(offset, 16));
      return address === null ? [] : [{ offset, address }];
    });
    if (addresses.length === 0) continue;
    const answers = await askAddr2line(target, dso, addresses.map(({ address }) => address));
    addresses.forEach(({ offset }, at) => found.set(`${dso}\n${offset}`, answers[at] ?? []));
  }
  return found;
}

async function askAddr2line(
  target: Target,
  path: string,
  addresses: readonly number[],
): Promise<SourceLine[][]> {
  try {
    // By the target's root: its user may follow that, and no name of its can point anywhere it could not itself reach.
    const file = target.same_mnt ? path : `${target.proc}/${target.pid}/root${path}`;
    const { stdout } = await runTool(
      "addr2line",
      ["-e", file, "-a", "-f", "-i", "-C", ...addresses.map((address) => `0x${address.toString(16)}`)],
      { seconds: SECONDS_PER_FILE, max_stdout_bytes: 4 << 20, as_user: target },
    );
    return parseAddr2line(new TextDecoder().decode(stdout));
  } catch {
    return [];
  }
}

/** Answers of `addr2line -a -f -i -C`: for each address a line with it, then pairs of function and file:line. Pure. */
export function parseAddr2line(text: string): SourceLine[][] {
  const answers: SourceLine[][] = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at++) {
    if (/^0x[0-9a-f]+$/.test(lines[at]!)) {
      answers.push([]);
      continue;
    }
    const place = lines[at + 1];
    if (answers.length === 0 || place === undefined) continue;
    const match = /^(.*):(\d+|\?)(?: \(discriminator \d+\))?$/.exec(place);
    const known = match !== null && match[1] !== "??" && match[2] !== "?" && match[2] !== "0";
    answers.at(-1)!.push({
      function: lines[at]!,
      file: known ? match[1]! : null,
      line: known ? Number(match[2]) : null,
    });
    at++;
  }
  return answers;
}

/** `remember(int, std::string)` → `remember`; operators and what has no parameters stay. */
function withoutParameters(name: string): string {
  return name.replace(/\((?!anonymous|\)).*$/, "").trim() || name;
}
