import type { UnitSample } from "./sample.ts";

/** Slices stand above every unit of the system's own manager; anything else above is told of. */
const SYSTEM_UNIT = /^(\/[^/]+\.slice)*\/[^/]+$/;
const USER_UNIT = /^\/user\.slice\/user-(\d+)\.slice\/user@\1\.service\/.+$/;

/**
 * How a person calls a unit: `app.service`, one of a user's own manager `app.service (user 1000)`, and one anywhere else by
 * the path of its parent. Many users, and the system, have a `dbus.service` and an `init.scope` each.
 */
export function unitTitle({ name, cgroup, kind }: Pick<UnitSample, "name" | "cgroup" | "kind">): string {
  if (name === cgroup || kind === "other" && name.startsWith("/")) return name;
  const user = userOf(cgroup);
  if (user !== null) return `${name} (user ${user})`;
  return SYSTEM_UNIT.test(cgroup) ? name : `${name} (${cgroup.slice(0, cgroup.lastIndexOf("/"))})`;
}

/** The user whose own manager runs the unit; null for the system's. */
export const userOf = (cgroup: string): string | null => USER_UNIT.exec(cgroup)?.[1] ?? null;
