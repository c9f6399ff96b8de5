/** `--dry-run`: every method that concerns the process, what it needs, does and costs, and each command. */

import type { Offered } from "../../profile/plan.ts";
import { profiledProcess } from "../../profile/profile.ts";
import type { Target } from "../../profile/target.ts";
import { renderHtml } from "../report/html.ts";
import { renderMarkdown } from "../report/markdown.ts";
import type { ReportDocument, Section } from "../report/document.ts";
import { renderText } from "../report/text.ts";

const CONSENT = ["asks nothing", "asks first (--yes)", "asks twice (--yes --yes)"];

/** The list in one of the formats. */
export function renderOffers(
  target: Target,
  offered: readonly Offered[],
  format: "text" | "json" | "markdown" | "html",
): string {
  if (format === "json") {
    const methods = offered.map(({ method, offer }) => ({
      name: method.name,
      title: method.title,
      ...offer,
    }));
    return JSON.stringify({ process: profiledProcess(target), methods }, null, 2) + "\n";
  }
  const report: ReportDocument = {
    title: `methods for ${target.name} (${target.pid})`,
    heading: `${target.runtime ?? "native"} · best first · nothing was touched`,
    sections: offered.map(section),
  };
  if (format === "markdown") return renderMarkdown(report);
  return format === "html" ? renderHtml(report) : renderText(report, { color: false });
}

function section({ method, offer }: Offered): Section {
  return {
    title: method.name,
    source: offer.available ? CONSENT[offer.consent]! : "not available",
    short: null,
    blocks: [{
      kind: "facts",
      facts: [
        { label: "tells", value: method.title },
        ...(offer.reason === null
          ? []
          : [{ label: "why not", value: { text: offer.reason, tone: "warning" as const } }]),
        { label: "needs", value: offer.needs.join(", ") },
        { label: "pause", value: offer.cost.pause },
        { label: "slow-down", value: offer.cost.slowdown },
        { label: "stays", value: offer.cost.left_behind },
        { label: "undo", value: offer.undo },
      ],
    }, { kind: "lines", lines: offer.commands.map((command) => `  ${command}`) }],
  };
}
