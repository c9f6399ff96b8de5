/** Real Prometheus and VictoriaMetrics on loopback, from Debian's packages, each in a folder of its own. */

export interface FleetServer {
  url: string;
  pid: number;
  /** Where remote write goes. */
  write_url: string;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

export const startPrometheus = (
  config = "global: {scrape_interval: 1m}\n",
  ...more: string[]
): Promise<FleetServer> =>
  start("prometheus", "/-/ready", (directory, port) => {
    Deno.writeTextFileSync(`${directory}/prometheus.yml`, config);
    return [
      `--config.file=${directory}/prometheus.yml`,
      `--storage.tsdb.path=${directory}/data`,
      "--storage.tsdb.retention.time=90d",
      `--web.listen-address=127.0.0.1:${port}`,
      "--web.enable-remote-write-receiver",
      ...more,
    ];
  });

export const startVictoriaMetrics = (...more: string[]): Promise<FleetServer> =>
  start("victoria-metrics", "/health", (directory, port) => [
    `-storageDataPath=${directory}/data`,
    "-retentionPeriod=12",
    `-httpListenAddr=127.0.0.1:${port}`,
    "-search.maxUniqueTimeseries=2000000",
    ...more,
  ]);

const TRIES = 120, PAUSE = 250;

async function start(
  program: string,
  health: string,
  argumentsFor: (directory: string, port: number) => string[],
): Promise<FleetServer> {
  const directory = Deno.makeTempDirSync({ prefix: "leakwatch-fleet-" });
  const port = freePort(), url = `http://127.0.0.1:${port}`;
  const child = new Deno.Command(program, {
    args: argumentsFor(directory, port),
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const stop = async () => {
    try {
      child.kill("SIGTERM");
    } catch {
      // It ended by itself.
    }
    await child.status;
    Deno.removeSync(directory, { recursive: true });
  };
  for (let tries = 0; tries < TRIES; tries++) {
    const ready = await fetch(url + health).then(async (answer) => {
      await answer.body?.cancel();
      return answer.ok;
    }, () => false);
    if (ready) return { url, pid: child.pid, write_url: `${url}/api/v1/write`, stop };
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  await stop();
  throw new Error(`${program} does not answer at ${url}`);
}

export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return listener.addr.port;
}
