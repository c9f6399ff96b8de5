/** Names this run of leakwatch: its probes, files, recordings, and the children that the watchdog has to find. */

/** Random. */
export const RUN_ID = crypto.randomUUID().replaceAll("-", "").slice(0, 12);

/** Mark our children in their environment, so that the watchdog finds them after a SIGKILL: see undo/end_tools.ts. */
export const RUN_VARIABLE = "LEAKWATCH_PROFILE_RUN";
export const WAIT_VARIABLE = "LEAKWATCH_PROFILE_WAIT";
