/** The state of the view that is shown, whether it lives or was recorded. */

import { useEffect } from "preact/hooks";
import { address } from "./address.ts";
import { type NowReply, view } from "./api.ts";
import { now } from "./live.ts";
import { type Resource, useResource } from "./use_fetch.ts";
import { recorded } from "./time_axis.ts";

/** The live state as it streams in, or the end of a recording. */
export function useNow(): Resource<NowReply> {
  const { session } = address.value;
  const resource = useResource(
    `now ${session}`,
    async () => session === null && now.peek() ? null : await view(session).now(),
  );
  const info = resource.data?.view;
  useEffect(() => {
    if (session === null && resource.data && !now.peek()) now.value = resource.data;
    if (session !== null && info?.from_seconds != null && info.to_seconds !== null) {
      recorded.value = { from: info.from_seconds, to: info.to_seconds };
    }
  }, [session, resource.data]);
  return session === null ? { data: now.value, error: resource.error } : resource;
}
