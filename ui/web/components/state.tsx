/** Empty, loading, failed and missing: each says what is, and what to do. */

import type { ComponentChildren } from "preact";
import { PermanentError, type Unavailable } from "../api.ts";
import { plural } from "../format.ts";
import type { Resource } from "../use_fetch.ts";

export function Note({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="note">
      <p class="note-title">{title}</p>
      {children && <div class="note-text">{children}</div>}
    </div>
  );
}

/** What to show instead of a screen while there is nothing to show; null once there is. */
export function Pending({ resource, what }: { resource: Resource<unknown>; what: string }) {
  if (resource.data !== null) return null;
  const { error } = resource;
  // What the server refuses it will refuse again; where it does not answer at all, it is asked again.
  if (error instanceof PermanentError) {
    return (
      <Note title={`${what} could not be loaded: ${error.message}`}>
        <a href="/sessions">See the recorded sessions</a> or <a href="/">this machine live</a>
      </Note>
    );
  }
  if (error) {
    return (
      <Note title={`${what} could not be loaded`}>
        The server does not answer; it is asked again as soon as it does.
      </Note>
    );
  }
  return (
    <div class="skeleton" role="status">
      <span class="unseen">Loading {what}</span>
      <i />
      <i />
      <i />
    </div>
  );
}

/** Sources that cannot be read here, each once, with how to fix it. */
export function NotRead({ sources }: { sources: readonly Unavailable[] }) {
  if (sources.length === 0) return null;
  return (
    <details class="not-read">
      <summary>{plural(sources.length, "source")} unavailable here</summary>
      <ul>
        {sources.map(({ source, why, hint }) => (
          <li key={source + why}>
            <b>{source}</b> {why}
            {hint && (
              <>
                {" · "}
                <code>{hint}</code>
              </>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}
