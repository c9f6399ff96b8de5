/** The container lab (lab/containers.sh) for tests. */

import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("lab/containers.sh", import.meta.url));
/** Podman for an unprivileged user. */
export const ROOTLESS = fileURLToPath(new URL("lab/rootless.sh", import.meta.url));

/** What the lab needs, for `requires`. */
export const LAB_PARTS = ["root", "apt-get", "curl"] as const;

export interface Lab {
  /** Engine → its socket. */
  sockets: Record<string, string>;
  /** "engine name" → container id. */
  ids: Record<string, string>;
}

/** Runs the lab's script; its output, or an error with the last of what it said. */
export async function lab(
  args: readonly string[],
  env: Record<string, string> = {},
  script = SCRIPT,
): Promise<string> {
  const command = new Deno.Command(script, { args: [...args], env, stdout: "piped", stderr: "piped" });
  const { code, stdout, stderr } = await command.output();
  const text = new TextDecoder().decode(stdout);
  if (code !== 0) {
    const said = new TextDecoder().decode(stderr).trim().split("\n").slice(-5).join("\n");
    throw new Error(
      `${script.replace(/.*\//, "")} ${args.slice(0, 3).join(" ")} ended with ${code}: ${said}\n${
        text.slice(-500)
      }`,
    );
  }
  return text;
}

export const rootless = (args: readonly string[], env?: Record<string, string>) => lab(args, env, ROOTLESS);

/** What `up` and `guest-up` print. */
export function parseLab(text: string): Lab {
  const told: Lab = { sockets: {}, ids: {} };
  for (const line of text.split("\n")) {
    const [what, engine, third, fourth] = line.split(" ");
    if (what === "socket") told.sockets[engine!] = third!;
    if (what === "container") told.ids[`${engine} ${third}`] = fourth!;
  }
  return told;
}

/** Starts engines and containers on this machine, and points the usual variables at them. */
export async function containersUp(env: Record<string, string>): Promise<Lab> {
  const told = parseLab(await lab(["up", "podman", "docker"], env));
  Deno.env.set("DOCKER_HOST", `unix://${told.sockets.docker}`);
  Deno.env.set("CONTAINER_HOST", `unix://${told.sockets.podman}`);
  return told;
}

export async function containersDown(): Promise<void> {
  await lab(["down"]);
  Deno.env.delete("DOCKER_HOST");
  Deno.env.delete("CONTAINER_HOST");
}
