/** What running watches say of themselves in their logs: alerts they turned away, logs and receivers they cannot reach. */

import { listSessions, type SessionEntry } from "../../store/catalog.ts";
import { readTable } from "../../store/table_reader.ts";
import { builtinRules } from "../../rules/alerts/assemble.ts";
import type { Check } from "./checks.ts";

/** Rules about leakwatch itself, its logs and its sinks; the user may have changed their thresholds, not what they are about. */
const ownRules = (): ReadonlySet<string> =>
  new Set(
    builtinRules().rules
      .filter(({ scope }) => scope === "self" || scope === "log" || scope === "sink")
      .map(({ name }) => name),
  );

/** One check for each session that is written now. */
export async function readWatches(directories: readonly string[]): Promise<Check[]> {
  const running = listSessions(directories).filter((session) => session.running);
  const rules = ownRules();
  return await Promise.all(running.map((session) => checkWatch(session, rules)));
}

async function checkWatch(session: SessionEntry, rules: ReadonlySet<string>): Promise<Check> {
  const messages = await firing(session, rules);
  const pid = session.info ? ` (pid ${session.info.owner.pid})` : "";
  if (messages.length === 0) {
    return { what: "watch", ok: true, state: `${session.id}${pid}: no errors`, hint: "" };
  }
  const what = `${session.id}${pid}: ${messages.join("; ")}`;
  return { what: "watch", ok: false, state: what, hint: `${session.directory}/${session.id}_alerts.log` };
}

/** Messages of the alerts whose last row in the log says that they fire. */
async function firing(session: SessionEntry, rules: ReadonlySet<string>): Promise<string[]> {
  const last = new Map<string, { state: string; message: string }>();
  const columns = ["Rule", "State", "Subject", "Message"];
  for await (const rows of readTable(session, "alerts", { columns })) {
    for (const { cells: [rule = "", state = "", subject = "", message = ""] } of rows) {
      if (rules.has(rule)) last.set(`${rule} ${subject}`, { state, message });
    }
  }
  return [...last.values()].filter(({ state }) => state === "firing").map(({ message }) => message);
}
