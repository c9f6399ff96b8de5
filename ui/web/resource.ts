/** What a screen loads: kept while it is renewed, with its errors said and not thrown. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { connections } from "./live.ts";

export interface Resource<T> {
  data: T | null;
  /** Why the last try failed; `data` is then older. */
  error: Error | null;
}

/**
 * Loads when `key` changes, when the server has come back, and every `seconds` where given and the page is seen. A late
 * answer to an older key is dropped. Keys of one `group` are looks at the same thing: the older one's data stays until the
 * newer is there, so that a zoom does not blink.
 */
export function useResource<T>(
  key: string,
  load: () => Promise<T | null>,
  seconds: number | null = null,
  group: string = key,
): Resource<T> {
  const [state, setState] = useState<Resource<T> & { group: string }>({ group, data: null, error: null });
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
    renew();
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
