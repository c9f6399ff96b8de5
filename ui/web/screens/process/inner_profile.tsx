/** What was found inside the process while nobody looked (`--profile-suspects`): the line or class that grows. */

import type { InnerProfile } from "../../api.ts";
import { bytes, count, percent, timeOfDay } from "../../format.ts";

const OCCASIONS: Record<InnerProfile["occasion"], string> = {
  "confirmed": "when its leak was confirmed",
  "near-limit": "shortly before its limit",
};

export function InnerProfiles({ profiles }: { profiles: readonly InnerProfile[] }) {
  if (profiles.length === 0) return null;
  return (
    <section class="inside" aria-labelledby="inside">
      <h2 id="inside">Inside</h2>
      {profiles.map((profile) => <InnerProfileCard key={profile.from_seconds} profile={profile} />)}
    </section>
  );
}

function InnerProfileCard(
  { profile: { from_seconds, occasion, answer, errors } }: { profile: InnerProfile },
) {
  const at = timeOfDay(from_seconds);
  return (
    <article>
      <p>
        {answer?.is_answer ? `The line was found at ${at}` : `Looked into at ${at}`}
        <span class="quiet">, {OCCASIONS[occasion]}{answer && ` (${answer.method})`}</span>
      </p>
      {answer === null ? <p class="quiet">Nothing that grows was seen.</p> : (
        <>
          <p class={answer.is_answer ? "inside-answer" : "inside-hint"}>{answer.headline}</p>
          <p class="quiet">{answer.coverage}</p>
          <ol class="inside-sites">
            {answer.sites.map(({ name, callers, share, live_bytes, count: objects, held_by }) => (
              <li key={`${name} ${callers.join()}`}>
                <b>{share === null ? "–" : percent(100 * share)}</b>{" "}
                {live_bytes === null ? objects !== null && count(objects) : bytes(live_bytes)}{" "}
                <code>{name}</code>
                {callers.map((caller) => <code class="inside-caller" key={caller}>← {caller}</code>)}
                {held_by !== null && <span class="quiet">held by {held_by}</span>}
              </li>
            ))}
          </ol>
        </>
      )}
      {errors.map(({ method, message }) => <p class="quiet" key={method}>{method}: {message}</p>)}
    </article>
  );
}
