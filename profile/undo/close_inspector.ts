import { InspectorClient } from "../inspector/client.ts";
import { ownsListener } from "../guards/sockets.ts";
import { findInspector, type Identity, type Inspector } from "../inspector/discover.ts";
import { isSame } from "../target.ts";

/** How long an inspector that was asked for may take to appear: leakwatch may have died right after the signal. */
const APPEAR_SECONDS = 3;
/** The process closes it between two turns of its event loop. */
const CLOSE_SECONDS = 30;
const MAX_BYTES = 1 << 20;

/** Node closes all connections with it, ours too, so the answer is the end of the connection. */
const CLOSE = `(process.getBuiltinModule ? process.getBuiltinModule("inspector")
  : (typeof require === "function" ? require : process.mainModule.require)("inspector")).close()`;

/** { pid, start_ticks, proc }: closes the inspector that leakwatch opened; the process runs on. */
export async function closeInspector(step: Record<string, unknown>): Promise<string | null> {
  const target = step as unknown as Identity;
  const inspector = await waitFor(target);
  if (inspector === null) return null;
  for (const until = performance.now() + CLOSE_SECONDS * 1000; performance.now() < until;) {
    try {
      const client = await InspectorClient.connect(inspector, MAX_BYTES);
      client.send("Runtime.evaluate", { expression: CLOSE, includeCommandLineAPI: true }, CLOSE_SECONDS)
        .catch(() => {});
      const timer = setTimeout(() => client.close(), CLOSE_SECONDS * 1000);
      await client.closed;
      clearTimeout(timer);
    } catch {
      // It closes, or has no place for another connection.
    }
    if (!isSame(target) || !ownsListener(target, inspector.listener)) return null;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return `the inspector of process ${target.pid} on port ${inspector.listener.port}, which did not close`;
}

async function waitFor(target: Identity): Promise<Inspector | null> {
  for (const until = performance.now() + APPEAR_SECONDS * 1000;;) {
    if (!isSame(target)) return null;
    const inspector = await findInspector(target);
    if (inspector !== null || performance.now() > until) return inspector;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
