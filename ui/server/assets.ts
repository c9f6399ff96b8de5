/** The page's own files: compressed once when first asked for, named by their content, kept by the browser. */

import { createHash } from "node:crypto";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Context } from "hono";

export interface AssetTexts {
  html: string;
  script: string;
  style: string;
  icon: string;
}

interface Asset {
  type: string;
  plain: Uint8Array<ArrayBuffer>;
  gzip: Uint8Array<ArrayBuffer>;
  brotli: Uint8Array<ArrayBuffer>;
  etag: string;
}

const encoder = new TextEncoder();

function asset(type: string, text: string): Asset {
  const plain = encoder.encode(text);
  return {
    type,
    plain,
    gzip: new Uint8Array(gzipSync(plain, { level: 9 })),
    brotli: new Uint8Array(
      brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
    ),
    etag: `"${createHash("sha256").update(plain).digest("base64url").slice(0, 22)}"`,
  };
}

export class Assets {
  readonly #texts: AssetTexts;
  readonly #made = new Map<string, Asset>();

  constructor(texts: AssetTexts) {
    this.#texts = texts;
  }

  /** Compressed sizes in bytes, for the budget. */
  sizes(): { plain: number; gzip: number; brotli: number } {
    const all = [this.html(), this.script(), this.style(), this.icon()];
    const sum = (part: "plain" | "gzip" | "brotli") =>
      all.reduce((total, one) => total + one[part].length, 0);
    return { plain: sum("plain"), gzip: sum("gzip"), brotli: sum("brotli") };
  }

  html = () => this.#make("html", "text/html; charset=utf-8");
  script = () => this.#make("script", "text/javascript; charset=utf-8");
  style = () => this.#make("style", "text/css; charset=utf-8");
  icon = () => this.#make("icon", "image/svg+xml");

  #make(name: keyof AssetTexts, type: string): Asset {
    let made = this.#made.get(name);
    if (!made) this.#made.set(name, made = asset(type, this.#texts[name]));
    return made;
  }
}

/** Answers with the asset, or with 304 where the browser has it; it asks again each time, so an upgrade shows at once. */
export function sendAsset(context: Context, { type, plain, gzip, brotli, etag }: Asset): Response {
  const headers: Record<string, string> = {
    "content-type": type,
    etag,
    "cache-control": "no-cache",
    vary: "accept-encoding",
  };
  const known = context.req.header("if-none-match")?.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  if (known?.includes(etag)) return context.body(null, 304, headers);
  const accepted = context.req.header("accept-encoding") ?? "";
  const [body, encoding] = /\bbr\b/.test(accepted)
    ? [brotli, "br"]
    : /\bgzip\b/.test(accepted)
    ? [gzip, "gzip"]
    : [plain, null];
  if (encoding) headers["content-encoding"] = encoding;
  return context.body(body, 200, headers);
}
