/** What fires, what has fired, and the rule behind each. */

import { type AlertRow, type RuleInfo, view } from "../api.ts";
import { clock } from "../live.ts";
import { ago, moment, span } from "../format.ts";
import { Command } from "../parts/copy.tsx";
import { Note, Pending } from "../parts/state.tsx";
import { useResource } from "../resource.ts";

const RENEW_SECONDS = 5;
const TONES = { critical: "leak", warning: "watch", info: "calm" } as const;
const SIGNS = { critical: "▲", warning: "△", info: "○" } as const;

export function AlertsScreen({ session }: { session: string | null }) {
  const resource = useResource(
    `alerts ${session}`,
    () => view(session).alerts({}),
    { seconds: session === null ? RENEW_SECONDS : null },
  );
  const reply = resource.data;
  if (!reply) return <Pending resource={resource} what="The alerts" />;
  const rules = new Map(reply.rules.map((rule) => [rule.name, rule]));
  return (
    <div class="alerts">
      <section aria-labelledby="firing">
        <h2 id="firing">{session === null ? "Firing" : "Fired to the end"}</h2>
        {reply.firing.length === 0
          ? <p class="quiet">No alert fires.</p>
          : reply.firing.map((alert) => (
            <Alert key={alert.id} alert={alert} rule={rules.get(alert.rule)} isLive={session === null} />
          ))}
      </section>
      <section aria-labelledby="history">
        <h2 id="history">History</h2>
        {reply.history.length === 0 ? <p class="quiet">No alert has ended yet.</p> : (
          <div class="scroll-x">
            <table>
              <thead>
                <tr>
                  <th scope="col">when</th>
                  <th scope="col">state</th>
                  <th scope="col">rule</th>
                  <th scope="col">about</th>
                  <th scope="col">message</th>
                </tr>
              </thead>
              <tbody>
                {reply.history.map((alert) => (
                  <tr key={`${alert.id} ${alert.since} ${alert.state}`}>
                    <td>
                      <time>{moment(alert.time_seconds)}</time>
                    </td>
                    <td>{alert.state}</td>
                    <td>
                      <Severity severity={alert.severity} /> {alert.rule}
                    </td>
                    <td class="long">{alert.subject}</td>
                    <td class="long">{alert.message}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
      {reply.rules.length > 0
        ? (
          <section aria-labelledby="rules">
            <h2 id="rules">Rules</h2>
            <div class="scroll-x">
              <table>
                <thead>
                  <tr>
                    <th scope="col">rule</th>
                    <th scope="col">fires when</th>
                    <th scope="col">for</th>
                    <th scope="col">what to do</th>
                  </tr>
                </thead>
                <tbody>
                  {reply.rules.map((rule) => (
                    <tr key={rule.name} id={`rule-${rule.name}`}>
                      <th scope="row" class="plain">
                        <Severity severity={rule.severity} /> {rule.name}
                      </th>
                      <td class="wrap">
                        <code>{rule.condition}</code>
                      </td>
                      <td>{rule.for_seconds ? span(rule.for_seconds) : "at once"}</td>
                      <td class="wrap faint">{rule.help}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </section>
        )
        : session === null && (
          <Note title="No rules are loaded">leakwatch rules --print shows the built-in ones.</Note>
        )}
    </div>
  );
}

function Severity({ severity }: { severity: AlertRow["severity"] }) {
  return (
    <span class={`severity tone-${TONES[severity]}`}>
      <span aria-hidden="true">{SIGNS[severity]}</span>
      <span class="unseen">{severity}</span>
    </span>
  );
}

function Alert({ alert, rule, isLive }: { alert: AlertRow; rule: RuleInfo | undefined; isLive: boolean }) {
  return (
    <article class={`alert tone-${TONES[alert.severity]}`}>
      <h3>
        <Severity severity={alert.severity} /> {alert.message}
      </h3>
      <p class="faint">
        {alert.state === "pending" ? "pending" : alert.severity} · rule {alert.rule}
        {rule && (
          <>
            {" · fires when "}
            <code>{rule.condition}</code>
            {rule.for_seconds > 0 && ` for ${span(rule.for_seconds)}`}
          </>
        )}
        {" · since "}
        <time>{moment(alert.time_seconds)}</time>
        {isLive && `, ${ago(clock.value / 1000 - alert.time_seconds)}`}
      </p>
      {alert.next_step && <Command text={alert.next_step} />}
    </article>
  );
}
