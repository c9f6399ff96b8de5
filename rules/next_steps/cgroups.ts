/** What to type next about containers, systemd units and other cgroups. */

import type { ContainerSample } from "../../model/sample.ts";
import { userOf } from "../../model/unit_title.ts";
import { shellQuote } from "./shell_quote.ts";

/** What one needs to know of a container to ask its engine. */
export type AskedContainer = Pick<ContainerSample, "engine" | "id" | "name" | "cgroup">;

/** The id where it is an engine's (hexadecimal), else the name; quoted. */
const targetOf = ({ id, name }: AskedContainer) =>
  shellQuote(/^[0-9a-f]{12,64}$/.test(id) ? id.slice(0, 12) : name ?? id);

/** The engine's own command: every user has a podman of their own, and root's does not know the others' containers. */
function engineCommand({ engine, cgroup }: AskedContainer): string {
  const user = engine === "podman" ? /^\/user\.slice\/user-(\d+)\.slice\//.exec(cgroup)?.[1] : undefined;
  return user === undefined ? engine : `sudo -u '#${user}' XDG_RUNTIME_DIR=/run/user/${user} ${engine}`;
}

/** What is in a container, asked of its engine. */
export function containerStep(container: AskedContainer): string {
  const target = targetOf(container), command = engineCommand(container);
  switch (container.engine) {
    case "docker":
    case "podman":
      return `${command} top ${target}; ${command} stats --no-stream ${target}`;
    case "kubernetes":
    case "containerd":
      return `crictl stats --id ${target}; crictl inspect ${target} | grep -m1 '"pid"'`;
    case "lxc":
      return `lxc-info -n ${target}; lxc-attach -n ${target} -- ps aux --sort=-rss | head`;
    case "nspawn":
      return `machinectl status ${target}`;
    default:
      return container.cgroup === "" ? "systemd-cgtop -m -n 1" : unitStep(container.cgroup);
  }
}

/** What an engine says of a container that was killed at its limit. */
export function containerKillsStep(container: AskedContainer): string {
  const target = targetOf(container);
  switch (container.engine) {
    case "docker":
    case "podman":
      return `${engineCommand(container)} inspect ${target}`;
    case "kubernetes":
    case "containerd":
      return `crictl inspect ${target}; dmesg -T | grep -i oom | tail -20`;
    default:
      return "dmesg -T | grep -i oom | tail -20   # who was killed, and in which cgroup";
  }
}

const IS_UNIT = /^[^/]+\.(service|scope|slice|socket|mount|swap)$/;

/**
 * What is in a systemd unit, by its name; in any other cgroup by its path, in whichever tree it stands.
 * @param cgroup where the unit stands: a user's own manager has to be asked for the units of that user.
 */
export function unitStep(name: string, cgroup = ""): string {
  if (IS_UNIT.test(name)) {
    const user = userOf(cgroup);
    const asUser = user === null ? "" : `sudo -u '#${user}' XDG_RUNTIME_DIR=/run/user/${user} `;
    return `${asUser}systemctl ${user === null ? "" : "--user "}status ${
      shellQuote(name)
    }; systemd-cgtop -m -n 1`;
  }
  return `find ${
    directoriesOf(name)
  } -name cgroup.procs -exec cat {} + 2>/dev/null | sort -u | xargs -r ps -o pid=,rss=,args= -p | sort -k2 -rn | head | cut -c1-120`;
}

/** Who was killed in a unit or cgroup. */
export function unitKillsStep(name: string, cgroup = ""): string {
  if (IS_UNIT.test(name)) {
    const user = userOf(cgroup);
    return user === null
      ? `journalctl -u ${shellQuote(name)} -n 50`
      : `journalctl _UID=${user} --user-unit ${shellQuote(name)} -n 50`;
  }
  return `dmesg -T | grep -F ${shellQuote(`memcg=${name}`)} | tail -20`;
}

/** Version 2 (or what stands for it) first, then version 1's memory tree; one of them is there. */
function directoriesOf(path: string): string {
  return ["/sys/fs/cgroup", "/sys/fs/cgroup/memory"].map((tree) => shellQuote(tree + path)).join(" ");
}
