/** Recorded sessions for the page. */

import type { Dependencies } from "../../ui/server/dependencies.ts";

export function sessionLibrary(
  directories: readonly string[],
  _hideArguments: boolean,
): Dependencies["library"] {
  return {
    list: () => Promise.resolve({ sessions: [], directories: [...directories], unreadable: [] }),
    open: () => Promise.resolve(null),
  };
}
