/** Where one types what to look for; `/` comes here. */

import { useEffect, useRef } from "preact/hooks";
import { change } from "../../address.ts";

export function Filter({ value }: { value: string }) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // As in less, vim and the tools one comes from.
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
      if ((event.target as Element).closest("input, textarea")) return;
      event.preventDefault();
      input.current?.select();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return (
    <label class="filter">
      <span class="unseen">Filter processes</span>
      <input
        ref={input}
        type="search"
        placeholder="filter by name, pid, user, unit, command"
        aria-keyshortcuts="/"
        title="/ comes here"
        value={value}
        onInput={(event) => change({ filter: event.currentTarget.value })}
      />
      <kbd aria-hidden="true">/</kbd>
    </label>
  );
}
