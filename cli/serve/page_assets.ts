/** The page's files: bundled into the program when it was built, or bundled now when run from the sources. */

import { fileURLToPath } from "node:url";
import type { AssetTexts } from "../../ui/server/assets.ts";
import html from "../../ui/web/index.html" with { type: "text" };
import icon from "../../ui/web/icon.svg" with { type: "text" };
import bars from "../../ui/web/style/bars.css" with { type: "text" };
import base from "../../ui/web/style/base.css" with { type: "text" };
import charts from "../../ui/web/style/charts.css" with { type: "text" };
import frame from "../../ui/web/style/layout.css" with { type: "text" };
import inside from "../../ui/web/style/inside.css" with { type: "text" };
import screens from "../../ui/web/style/screens.css" with { type: "text" };
import suspects from "../../ui/web/style/suspects.css" with { type: "text" };
import tables from "../../ui/web/style/tables.css" with { type: "text" };
import fleet from "../../ui/web/style/fleet.css" with { type: "text" };
import { UserError } from "../errors.ts";

export async function loadPageAssets(): Promise<AssetTexts> {
  const style = [base, frame, charts, suspects, bars, tables, screens, inside, fleet].join("\n");
  return { html, icon, style, script: await bundleNow() ?? await bundledScript() };
}

/** scripts/bundle.ts makes this file before the program is built; from the sources it need not be there. */
async function bundledScript(): Promise<string> {
  try {
    const { default: script } = await import("../../ui/server/page/page.js", { with: { type: "text" } });
    return script as unknown as string;
  } catch {
    throw new UserError("the page is not in this program: run `deno task page`, then build it again");
  }
}

/** Null where there are no sources or this Deno cannot bundle. */
async function bundleNow(): Promise<string | null> {
  const main = new URL("../../ui/web/main.tsx", import.meta.url);
  // A built program has no sources beside it.
  if (!import.meta.url.endsWith("/cli/serve/page_assets.ts") || !("bundle" in Deno)) return null;
  const result = await Deno.bundle({
    entrypoints: [fileURLToPath(main)],
    platform: "browser",
    minify: true,
    write: false,
  });
  if (!result.success) {
    throw new UserError(`the page cannot be bundled: ${result.errors[0]?.text ?? "unknown reason"}`);
  }
  return result.outputFiles?.[0]?.text() ?? null;
}
