/** What a process has open, by kind. */

import type { ProcessReply } from "../../api.ts";
import { count } from "../../format.ts";

const KINDS = [
  ["files", "files"],
  ["deleted_files", "deleted files"],
  ["sockets", "sockets"],
  ["pipes", "pipes"],
  ["anon_inodes", "events and timers"],
  ["memfds", "memfd"],
  ["devices", "devices"],
  ["other", "other"],
] as const;

export function Descriptors({ reply: { descriptor_kinds: kinds, process } }: { reply: ProcessReply }) {
  const most = kinds ? Math.max(1, ...Object.values(kinds)) : 1;
  return (
    <section aria-labelledby="descriptors">
      <h2 id="descriptors">
        Open descriptors{" "}
        <small>
          {count(process.open_descriptors)}
          {process.descriptor_limit !== null && ` of ${count(process.descriptor_limit)}`}
        </small>
      </h2>
      {kinds
        ? (
          <ul class="bars">
            {KINDS.filter(([name]) => kinds[name] > 0).map(([name, label]) => (
              <li key={name}>
                <span>{label}</span>
                <i style={{ "--share": `${100 * kinds[name] / most}%` }} />
                <b>{count(kinds[name])}</b>
              </li>
            ))}
          </ul>
        )
        : <p class="quiet">Their kinds cannot be read here.</p>}
    </section>
  );
}
