/** What a screen loads: kept while it is renewed, with its errors said and not thrown. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { connections } from "./live.ts";

export interface Resource<T> {
  data: T | null;
  /** Why the last try failed; `data` is then older. */
  error: Error | null;
}

export interface ResourceOptions<T> {
  /** Loads again every so many seconds while the page is seen. */
  seconds?: number | null;
  /** Keys of one group are looks at the same thing: the older one's data stays until the newer is there. */
  group?: string;
  /** What is there already; asked for once, at the start. */
  first?(): T | null;
}

/**
 * Loads when `key` changes, when the server has come back, and every `seconds` where given. A late answer to an older key is
 * dropped; a newer key of the same group does not blink.
 */
export function useResource<T>(
  key: string,
  load: () => Promise<T | null>,
  { seconds = null, group = key, first }: ResourceOptions<T> = {},
): Resource<T> {
  const [state, setState] = useState<Resource<T> & { group: string }>(() => ({
    group,
    data: first?.() ?? null,
    error: null,
  }));
  const isGiven = useRef(state.data !== null);
  const current = useRef({ key, load });
  current.current = { key, load };
  const connection = connections.value;

  // Before the first paint: what is asked for now is there sooner.
  useLayoutEffect(() => {
    let isCurrent = true, isBusy = false;
    const renew = async () => {
      if (isBusy) return;
      isBusy = true;
      try {
        const data = await current.current.load();
        if (isCurrent) setState({ group, data, error: null });
      } catch (error) {
        if (isCurrent) {
          setState((before) => ({
            group,
            data: before.group === group ? before.data : null,
            error: error as Error,
          }));
        }
      } finally {
        isBusy = false;
      }
    };
    if (isGiven.current) isGiven.current = false;
    else renew();
    const timer = seconds === null
      ? undefined
      : setInterval(() => document.hidden || renew(), seconds * 1000);
    return () => {
      isCurrent = false;
      clearInterval(timer);
    };
  }, [key, seconds, connection]);

  return state.group === group ? state : { data: null, error: null };
}
