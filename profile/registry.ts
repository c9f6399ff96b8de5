/** All methods, one line each. */

import type { Method } from "./method.ts";
import { inspectorSampling } from "./methods/inspector_sampling.ts";
import { smaps } from "./methods/smaps.ts";

export const METHODS: readonly Method[] = [
  inspectorSampling,
  smaps,
];
