/** Asks the journal; the only file that starts journalctl. */

/** What a question brought: entries as journalctl prints them, one JSON object each, and where to go on. */
export interface JournalAnswer {
  lines: string[];
  /** null: there is no journal here, or it may not be read. */
  cursor: string | null;
  /** Why there is nothing; null where all is well. */
  why: string | null;
}

/** More than this at once is a machine in agony, or years of logs. */
const MAX_LINES = 2000;
const FIELDS = "MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,_TRANSPORT,_PID,UNIT,MESSAGE_ID";
/** systemd's catalogue: a process of a unit was killed by the out-of-memory killer, by the kernel or by systemd-oomd. */
const OOM_MESSAGES = ["fe6faa94e7774663a0da52717891d8ef", "d989611b15e44c9dbf31e3c81256e4ed"];

/** Kernel messages and out-of-memory kills of this boot, oldest first; those after `cursor` where one is given. */
export async function readJournal(cursor: string | null): Promise<JournalAnswer> {
  const args = [
    ...["--boot", "--output=json", `--output-fields=${FIELDS}`, "--no-pager", "--quiet", "--all"],
    ...["--show-cursor", `--lines=${MAX_LINES}`],
    ...(cursor ? [`--after-cursor=${cursor}`] : []),
    ...["_TRANSPORT=kernel", ...OOM_MESSAGES.flatMap((id) => ["+", `MESSAGE_ID=${id}`])],
  ];
  try {
    const { success, stdout, stderr } = await new Deno.Command("journalctl", {
      args,
      env: { LC_ALL: "C", SYSTEMD_COLORS: "0" },
      stdin: "null",
    }).output();
    const text = new TextDecoder();
    const complaint = text.decode(stderr).trim().split("\n")[0];
    // It ends with status 1 and without a word where no entry matches.
    if (!success) return complaint ? nothing(complaint) : { lines: [], cursor, why: null };
    const lines = text.decode(stdout).split("\n").filter(Boolean);
    // "-- cursor: …" comes last.
    const last = lines.at(-1)?.startsWith("-- cursor: ") ? lines.pop()!.slice("-- cursor: ".length) : cursor;
    return { lines, cursor: last, why: null };
  } catch (error) {
    return nothing(error instanceof Deno.errors.NotFound ? "no journalctl here" : String(error));
  }
}

const nothing = (why: string): JournalAnswer => ({ lines: [], cursor: null, why });
