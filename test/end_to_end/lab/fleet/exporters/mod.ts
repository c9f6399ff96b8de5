/** Real exporters and real programs with their client libraries, one that leaks beside one that does not, all on loopback. */

import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { freePort } from "../servers.ts";

export interface Exporters {
  /** A Prometheus configuration that scrapes all of them. */
  config: string;
  /** Ends them. */
  stop(): Promise<void>;
}

export interface ExporterOptions {
  /** What the leaking programs keep each second. */
  leak_bytes_per_second: number;
  scrape_interval: string;
  /** For the built programs; made by the caller. */
  directory: string;
}

/** The programs' jobs, as the labels name them. */
export const LEAKING_JOBS = ["node-leaking", "go-leaking"];
export const HEALTHY_JOBS = ["node-healthy", "go-healthy"];

const HERE = fileURLToPath(new URL(".", import.meta.url));
/** Where Debian puts the source of golang-github-prometheus-client-golang-dev. */
export const DEBIAN_GOPATH = "/usr/share/gocode";

export async function startExporters(options: ExporterOptions): Promise<Exporters> {
  const { directory, leak_bytes_per_second, scrape_interval } = options;
  const [go, node] = await Promise.all([buildGo(directory), buildNode(directory)]);
  const groups = `${directory}/process_exporter.yml`;
  Deno.writeTextFileSync(
    groups,
    stringify({
      process_names: [{ name: "{{.Matches.Role}}", cmdline: ["--role=(?P<Role>[a-z-]+)"] }],
    }),
  );
  const ports = new Map<string, number>();
  const children: Deno.ChildProcess[] = [];
  const spawn = (job: string, command: string, args: (port: number) => string[]) => {
    const port = freePort();
    ports.set(job, port);
    children.push(
      new Deno.Command(command, { args: args(port), stdin: "null", stdout: "null", stderr: "null" }).spawn(),
    );
  };
  spawn("node_exporter", "prometheus-node-exporter", (port) => [`--web.listen-address=127.0.0.1:${port}`]);
  spawn(
    "process-exporter",
    "prometheus-process-exporter",
    (port) => [`-web.listen-address=127.0.0.1:${port}`, `-config.path=${groups}`],
  );
  for (const job of [...LEAKING_JOBS, ...HEALTHY_JOBS]) {
    const keep = LEAKING_JOBS.includes(job) ? leak_bytes_per_second : 0;
    const [command, ...first] = job.startsWith("go-") ? [go] : ["node", node];
    spawn(job, command!, (port) => [...first, `--role=${job}`, `--port=${port}`, `--keep-bytes=${keep}`]);
  }
  return {
    config: stringify({
      global: { scrape_interval },
      scrape_configs: [...ports].map(([job_name, port]) => ({
        job_name,
        static_configs: [{ targets: [`127.0.0.1:${port}`] }],
      })),
    }),
    async stop() {
      for (const child of children) {
        try {
          child.kill("SIGKILL");
        } catch {
          // It ended by itself.
        }
      }
      await Promise.all(children.map((child) => child.status));
    },
  };
}

async function buildGo(directory: string): Promise<string> {
  const program = `${directory}/go_program`;
  await run("go", ["build", "-o", program, `${HERE}client_program.go`], {
    GO111MODULE: "off",
    GOPATH: DEBIAN_GOPATH,
    GOCACHE: `${directory}/go_cache`,
  });
  return program;
}

/** One file that node runs without a folder of modules. */
async function buildNode(directory: string): Promise<string> {
  const program = `${directory}/node_program.mjs`;
  await run(Deno.execPath(), [
    "bundle",
    "--quiet",
    "--platform",
    "deno",
    "-o",
    program,
    `${HERE}client_program.ts`,
  ], {});
  return program;
}

async function run(command: string, args: string[], env: Record<string, string>): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args, env, stdout: "null" }).output();
  if (!success) throw new Error(`${command} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}
