/**
 * What root sees of other users' processes, /proc hides from their neighbours: command lines, descriptors, mappings. A page that
 * root serves on a loopback address would show it to every local user, so it demands a token where there are any.
 */

import { randomBytes } from "node:crypto";

const TOKEN_BYTES = 18;
/** First and last uid of people (login.defs(5)). */
const FIRST_UID = 1000;
const LAST_UID = 60_000;

/** A new token where root watches a machine that has other users; null where nobody else can ask. */
export function makeDefaultToken(procRoot: string): string | null {
  if (Deno.uid() !== 0) return null;
  const hasOthers = hasPeople(readText("/etc/passwd")) || runsForOthers(procRoot);
  return hasOthers ? randomBytes(TOKEN_BYTES).toString("base64url") : null;
}

/** Whether passwd(5) has an account of a person. Unreadable counts as yes. Pure. */
export function hasPeople(passwd: string | null): boolean {
  return passwd === null || passwd.split("\n").some((line) => {
    const uid = Number(line.split(":")[2] || NaN);
    return uid >= FIRST_UID && uid <= LAST_UID;
  });
}

/** Whether any process belongs to somebody else: users of a directory service are in no passwd file, services connect, too. */
function runsForOthers(procRoot: string): boolean {
  for (const { name } of Deno.readDirSync(procRoot)) {
    if (!/^\d+$/.test(name)) continue;
    const uid = readText(`${procRoot}/${name}/status`)?.match(/^Uid:\s*(\d+)/m)?.[1];
    if (uid !== undefined && uid !== "0") return true;
  }
  return false;
}

function readText(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}
