/** What fires, what has fired, and the rule behind each. */

import { type AlertRow, type RuleInfo, view } from "../api.ts";
import { clock } from "../live.ts";
import { ago, count, moment, span } from "../format.ts";
import { type AlertGroup, groupAlerts } from "../../../model/alert_line.ts";
import { compareSeverity } from "../../../model/severity.ts";
import type { Column } from "../components/columns.tsx";
import { Command } from "../components/copy.tsx";
import { Note, Pending } from "../components/state.tsx";
import { Table } from "../components/table.tsx";
import { useResource } from "../use_fetch.ts";

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
          : groupAlerts(reply.firing, 1).map((group) => (
            <Group key={group.alerts[0]!.id} group={group} rules={rules} isLive={session === null} />
          ))}
      </section>
      <section aria-labelledby="history">
        <h2 id="history">History</h2>
        {reply.history.length === 0
          ? <p class="quiet">No alert has ended yet.</p>
          : <Table columns={HISTORY} rows={reply.history} keyOf={keyOf} sortedBy="sort" most={30} />}
      </section>
      {reply.rules.length > 0
        ? (
          <details class="rules">
            <summary>
              {count(reply.rules.length)} rules: what fires when, and what to do
            </summary>
            <Table columns={RULES} rows={reply.rules} keyOf={(rule) => rule.name} most={50} />
          </details>
        )
        : session === null && (
          <Note title="No rules are loaded">leakwatch rules --print shows the built-in ones.</Note>
        )}
    </div>
  );
}

const keyOf = ({ id, since, state }: AlertRow) => `${id} ${since} ${state}`;

const HISTORY: Column<AlertRow>[] = [
  {
    name: "when",
    label: "when",
    sortBy: (row) => row.time_seconds,
    cell: (row) => <time>{moment(row.time_seconds)}</time>,
  },
  { name: "state", label: "state", className: "wide", cell: (row) => row.state },
  {
    name: "rule",
    label: "rule",
    sortBy: (row) => row.rule,
    cell: (row) => (
      <>
        <Severity severity={row.severity} /> <span class="wide">{row.rule}</span>
      </>
    ),
  },
  {
    name: "about",
    label: "about",
    className: "long wide",
    sortBy: (row) => row.subject,
    cell: (row) => row.subject,
  },
  { name: "message", label: "message", className: "wrap", cell: (row) => row.message },
];

const RULES: Column<RuleInfo>[] = [
  {
    name: "rule",
    label: "rule",
    isHeading: true,
    cell: (rule) => (
      <>
        <Severity severity={rule.severity} /> {rule.name}
      </>
    ),
  },
  { name: "when", label: "fires when", className: "wrap", cell: (rule) => <code>{rule.condition}</code> },
  { name: "for", label: "for", cell: (rule) => rule.for_seconds ? span(rule.for_seconds) : "at once" },
  { name: "help", label: "what to do", className: "wrap faint", cell: (rule) => rule.help },
];

function Severity({ severity }: { severity: AlertRow["severity"] }) {
  return (
    <span class={`severity tone-${TONES[severity]}`}>
      <span aria-hidden="true">{SIGNS[severity]}</span>
      <span class="unseen">{severity}</span>
    </span>
  );
}

/** Alerts of one service under its name: the gravest in full, the others as a line each. */
function Group(
  { group: { service, alerts }, rules, isLive }: {
    group: AlertGroup;
    rules: ReadonlyMap<string, RuleInfo>;
    isLive: boolean;
  },
) {
  const rows = [...alerts as readonly AlertRow[]].sort((a, b) => compareSeverity(a.severity, b.severity));
  const [first, ...others] = rows;
  const shown = <Alert alert={first!} rule={rules.get(first!.rule)} isLive={isLive} />;
  if (others.length === 0) return shown;
  return (
    <section class="service" aria-label={`Alerts of ${service}`}>
      <p class="service-name">
        <b>{service}</b> <small>{count(rows.length)} alerts</small>
      </p>
      {shown}
      <details>
        <summary>{count(others.length)} more</summary>
        <ul>
          {others.map((alert) => (
            <li key={alert.id}>
              <Severity severity={alert.severity} /> {alert.message} <small>{alert.rule}</small>
            </li>
          ))}
        </ul>
      </details>
    </section>
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
