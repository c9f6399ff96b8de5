/** The typed client: a view's routes, live or recorded, with one set of names. */

import { hc } from "hono/client";
import type { AppType } from "../server/mod.ts";

export type * from "../server/api.ts";

const client = hc<AppType>(location.origin);

/** Thrown where the server answers, but not with what was asked for. */
export class PermanentError extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

interface Answer<T> {
  ok: boolean;
  status: number;
  json(): Promise<T>;
}

async function take<T>(answer: Promise<Answer<T>>): Promise<T> {
  const got = await answer;
  if (got.ok) return await got.json();
  const why = await got.json().catch(() => null) as { error?: string } | null;
  // Behind a token the cookie has run out: the login page is at the same address.
  if (got.status === 401) location.assign("/login");
  throw new PermanentError(got.status, why?.error ?? `status ${got.status}`);
}

export interface Range {
  from?: string;
  to?: string;
  last?: string;
  points?: string;
}

/** The routes of the live machine (null) or of a session. */
export function view(session: string | null) {
  const live = client.api;
  const recorded = client.api.sessions[":id"];
  const param = { id: session ?? "" };
  const isLive = session === null;
  return {
    now: () => take(isLive ? live.now.$get() : recorded.now.$get({ param })),
    moreSuspects: () => take(isLive ? live.suspects.$get() : recorded.suspects.$get({ param })),
    series: (query: Range & { columns: string }) =>
      take(isLive ? live.series.$get({ query }) : recorded.series.$get({ param, query })),
    processes: () => take(isLive ? live.processes.$get() : recorded.processes.$get({ param })),
    sparks: (ids: string) =>
      take(isLive ? live.sparks.$get({ query: { ids } }) : recorded.sparks.$get({ param, query: { ids } })),
    process: (pid: string, start_ticks: string, query: Range) => {
      const identity = { pid, start_ticks };
      return take(
        isLive
          ? live.processes[":pid"][":start_ticks"].$get({ param: identity, query })
          : recorded.processes[":pid"][":start_ticks"].$get({ param: { ...param, ...identity }, query }),
      );
    },
    kernel: (query: Range) =>
      take(isLive ? live.kernel.$get({ query }) : recorded.kernel.$get({ param, query })),
    containers: (query: Range) =>
      take(isLive ? live.containers.$get({ query }) : recorded.containers.$get({ param, query })),
    alerts: (query: Range) =>
      take(isLive ? live.alerts.$get({ query }) : recorded.alerts.$get({ param, query })),
  };
}

export const sessions = () => take(client.api.sessions.$get());

export const fleet = () => take(client.api.fleet.$get());
export const fleetLifetime = (workload: string, lifetime: string) =>
  take(client.api.fleet.lifetime.$get({ query: { workload, lifetime } }));
