import { readTextOrNull } from "../fs.ts";

/** Names of users by uid, from one passwd file. Lines that are not `name:password:uid:…` are passed over. */
export function parsePasswd(text: string): Map<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split("\n")) {
    const [name, , uid] = line.split(":");
    if (!name || !uid || !/^\d+$/.test(uid)) continue;
    // The first line of a uid wins, as getpwuid(3) has it.
    if (!names.has(Number(uid))) names.set(Number(uid), name);
  }
  return names;
}

/**
 * Names for uids, read once. A tree that is not this machine's (/host/proc) has its users beside it (/host/etc/passwd);
 * users of another machine are never named after our own.
 */
export class Users {
  #names: Map<number, string> | null = null;
  readonly #path: string;

  constructor(procRoot: string) {
    this.#path = procRoot === "/proc" ? "/etc/passwd" : `${procRoot.replace(/\/+$/, "")}/../etc/passwd`;
  }

  /** The user's name, or the uid as text where it has none. */
  nameOf(uid: number): string {
    this.#names ??= parsePasswd(readTextOrNull(this.#path) ?? "");
    return this.#names.get(uid) ?? String(uid);
  }
}
