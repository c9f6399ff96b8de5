/** Families of metrics that are judged together. */
export type Family = "containers" | "processes" | "hosts" | "runtimes" | "leakwatch" | "custom";

/** Those known by name, in the order they are read. */
export const FAMILIES: readonly Family[] = ["containers", "processes", "hosts", "runtimes", "leakwatch"];
