/** A login session as systemd-logind writes it to /run/systemd/sessions; null for services and greeters. */
export function parseLogindSession(text: string): string | null {
  const field = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(text)?.[1] ?? "";
  if (field("CLASS") !== "user" || field("STATE") === "closing") return null;
  const where = field("REMOTE_HOST") || field("TTY") || field("DISPLAY") || field("SERVICE");
  return field("USER") + (where ? ` (${where})` : "");
}

/** Who is logged in; null where no logind keeps account. */
export function readLogins(directory = "/run/systemd/sessions"): string[] | null {
  try {
    return [...Deno.readDirSync(directory)].filter((entry) => entry.isFile && !entry.name.endsWith(".ref"))
      .map((entry) => parseLogindSession(Deno.readTextFileSync(`${directory}/${entry.name}`)))
      .filter((login) => login !== null).sort();
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? null : [];
  }
}
