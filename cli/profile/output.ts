/** Where the profile goes and in which form: opened before the window, so that a typo costs no half minute. */

import type { Profile } from "../../profile/profile.ts";
import { safeJson } from "../../model/safe_text.ts";
import { openReportFile, type ReportFile } from "../analyze/report_file.ts";
import type { ProfileOptions } from "../commands/options.ts";
import { say, writeStdout } from "../output.ts";
import { renderHtml } from "../report/html.ts";
import { renderMarkdown } from "../report/markdown.ts";
import { renderText } from "../report/text.ts";
import { profileDocument } from "./document.ts";

export interface ProfileOutput {
  write(profile: Profile, color: boolean): Promise<void>;
  close(): void;
}

type Form = "text" | "json" | "markdown" | "html" | "pprof" | "speedscope";

/** What the end of a file's name says of its form. */
const ENDINGS: [RegExp, Form][] = [
  [/\.pb\.gz$|\.pprof$/i, "pprof"],
  [/\.speedscope\.json$/i, "speedscope"],
  [/\.json$/i, "json"],
  [/\.html?$/i, "html"],
  [/\.(md|markdown)$/i, "markdown"],
];

/** Opens the output. Throws UserError. */
export function openProfileOutput(
  { output, format, top, quiet, maxSites = Infinity }: ProfileOptions,
): ProfileOutput {
  const form = format ?? ENDINGS.find(([ending]) => ending.test(output ?? ""))?.[1] ?? "text";
  const file: ReportFile | null = output === undefined ? null : openReportFile(output);
  return {
    async write(taken, color) {
      const results = taken.results.map((result) => ({ ...result, sites: result.sites.slice(0, maxSites) }));
      const profile = { ...taken, results };
      const content = await render(profile, form, top, color && file === null);
      if (file === null) return writeStdout(content as string);
      file.write(content);
      say(`profile written to ${output}`, quiet);
    },
    close: () => file?.close(),
  };
}

/** The heavy forms are loaded only where they are asked for. */
async function render(
  profile: Profile,
  form: Form,
  top: number,
  color: boolean,
): Promise<string | Uint8Array> {
  switch (form) {
    case "json":
      // Names are the process's: nothing in them may reach a terminal.
      return JSON.stringify(JSON.parse(safeJson(profile)), null, 2) + "\n";
    case "pprof":
      return (await import("../../profile/export/pprof.ts")).encodePprof(profile);
    case "speedscope":
      return (await import("../../profile/export/speedscope.ts")).toSpeedscope(profile);
    case "markdown":
      return renderMarkdown(profileDocument(profile, top));
    case "html":
      return renderHtml(profileDocument(profile, top));
    case "text":
      return renderText(profileDocument(profile, top), { color });
  }
}
