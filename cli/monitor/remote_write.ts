/** `monitor --remote-write`: what `/metrics` would show, sent to a server that takes Prometheus' remote write. */

import { FleetError } from "../../fleet/errors.ts";
import { readCredentials } from "../../fleet/credentials.ts";
import { RemoteWriter } from "../../sinks/remote_write/mod.ts";
import type { OperationalError } from "../../model/finding.ts";
import { MachineView } from "../../ui/server/machine_view.ts";
import { metricsRegistry } from "../../ui/server/metrics/mod.ts";
import type { MachineViewPorts } from "../../ui/server/ports.ts";
import type { MonitorOptions } from "../commands/options.ts";
import { UserError } from "../errors.ts";
import type { Observer } from "../sample_loop.ts";
import { VERSION } from "../version.ts";

/** However often it samples, a server gets no more than this. */
const MIN_SECONDS = 5, TIMER_SECONDS = 0.5;
/** At the end what waits has so long. */
const CLOSE_SECONDS = 5;

export interface RemoteWriteObserver extends Observer {
  error(): OperationalError | null;
}

/** Throws UserError where the address is none, or a file of credentials cannot be used. */
export function startRemoteWrite(
  { access, view: dependencies }: { access: MonitorOptions; view: MachineViewPorts },
): RemoteWriteObserver {
  const writer = new RemoteWriter({
    url: writeUrl(access.remoteWrite!),
    ...credentialsOf(access),
    labels: { job: "leakwatch", instance: Deno.hostname() },
  });
  const view = new MachineView(dependencies);
  let sentAt = -Infinity, wallSeconds = 0;
  return {
    async observe(evaluation) {
      view.observe(evaluation);
      const { time_seconds, wall_seconds } = evaluation.sample;
      wallSeconds = wall_seconds;
      if (time_seconds - sentAt < MIN_SECONDS - TIMER_SECONDS) return;
      sentAt = time_seconds;
      writer.send(await metricsRegistry(view, VERSION).series(), wall_seconds);
    },
    // A moment later than the last sample: of two at the same time the first counts.
    close: () => writer.close(wallSeconds + 0.001, CLOSE_SECONDS),
    error: () => writer.error(),
  };
}

function writeUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UserError(`--remote-write ${text}: write http://SERVER:9090/api/v1/write`);
  }
  if (url.username || url.password) {
    throw new UserError(
      `--remote-write ${url.protocol}//…@${url.host}: no password in a URL, everybody can read it; ` +
        "give --remote-write-header-file with the line Authorization: Basic …",
    );
  }
  return url.href;
}

function credentialsOf(access: MonitorOptions) {
  try {
    return readCredentials({
      token_file: access.remoteWriteTokenFile,
      header_file: access.remoteWriteHeaderFile,
      ca_file: access.remoteWriteCaFile,
    });
  } catch (error) {
    if (error instanceof FleetError) throw new UserError(error.message);
    throw error;
  }
}
