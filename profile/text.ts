/** Amounts in the sentences of results. */

import { amount } from "../model/format.ts";

/** 20971520 → "20 MiB". */
export function formatBytes(bytes: number): string {
  return amount(bytes, "bytes");
}
