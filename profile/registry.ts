/** All methods, one line each. */

import type { Method } from "./method.ts";
import { inspectorSampling } from "./methods/inspector_sampling.ts";
import { pageFaults } from "./methods/page_faults.ts";
import { perfMalloc } from "./methods/perf_malloc.ts";
import { perfMmap } from "./methods/perf_mmap.ts";
import { smaps } from "./methods/smaps.ts";

export const METHODS: readonly Method[] = [
  inspectorSampling,
  perfMmap,
  perfMalloc,
  pageFaults,
  smaps,
];
