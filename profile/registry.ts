/** All methods, one line each. */

import type { Method } from "./method.ts";
import { goHeap, goHeapGc } from "./methods/go_heap.ts";
import { dotnetGcdump } from "./methods/dotnet_gcdump.ts";
import { descriptors } from "./methods/descriptors.ts";
import { jvmCounters } from "./methods/jvm_counters.ts";
import { coldMemory } from "./methods/cold_memory.ts";
import { heapSnapshot } from "./methods/heap_snapshot.ts";
import { inspectorSampling } from "./methods/inspector_sampling.ts";
import { pageFaults } from "./methods/page_faults.ts";
import { perfMalloc } from "./methods/perf_malloc.ts";
import { perfMmap } from "./methods/perf_mmap.ts";
import { jvmHistogram } from "./methods/jvm_histogram.ts";
import { jvmClassLoaders, jvmNativeMemory } from "./methods/jvm_outside_heap.ts";
import { jvmOldObjects } from "./methods/jvm_old_objects.ts";
import { pythonTracemalloc, rubyAllocations } from "./methods/interpreter_allocations.ts";
import { pythonTypes, rubyTypes } from "./methods/interpreter_types.ts";
import { smaps } from "./methods/smaps.ts";

export const METHODS: readonly Method[] = [
  inspectorSampling,
  heapSnapshot,
  perfMmap,
  perfMalloc,
  pageFaults,
  goHeap,
  goHeapGc,
  jvmOldObjects,
  jvmHistogram,
  jvmNativeMemory,
  jvmClassLoaders,
  pythonTypes,
  pythonTracemalloc,
  rubyTypes,
  rubyAllocations,
  dotnetGcdump,
  coldMemory,
  jvmCounters,
  descriptors,
  smaps,
];
