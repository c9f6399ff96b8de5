/** Asks one container engine what the kernel cannot tell, in the background, read-only, with time-outs. */

import { EngineError, get, getJson, type GetOptions } from "./engine_http.ts";
import {
  applyInspection,
  type EngineContainer,
  type EngineVersion,
  parseContainers,
  parsePing,
  parseSpace,
} from "./engine_parse.ts";
import type { DiskUsage } from "../../model/sample.ts";

export interface EngineClientOptions {
  /** For each question but the disk space. */
  timeout_seconds?: number;
  /** Counting the disk space walks directories: an engine may take minutes. */
  space_timeout_seconds?: number;
  signal?: AbortSignal;
}

/** Inspections in one round: one question each, a few milliseconds of the engine's time. */
const MAX_INSPECTIONS = 50;

/** What one engine last said. Containers and space are read apart, as their costs are. */
export class EngineClient {
  version: EngineVersion | null = null;
  containers: EngineContainer[] = [];
  space: DiskUsage[] = [];
  readonly #timeout: number;
  readonly #spaceTimeout: number;
  readonly #signal: AbortSignal | undefined;
  #turn = 0;

  constructor(readonly socket: string, options: EngineClientOptions = {}) {
    // Nobody waits for it; a podman that its socket starts first takes seconds on a small machine.
    this.#timeout = options.timeout_seconds ?? 15;
    this.#spaceTimeout = options.space_timeout_seconds ?? 120;
    this.#signal = options.signal;
  }

  /** Version and containers, with restarts and exit codes of the next ones in turn. Throws what getJson throws. */
  async refreshContainers(): Promise<void> {
    this.version ??= parsePing((await get(this.socket, "/_ping", this.#options(this.#timeout))).headers);
    const before = new Map(this.containers.map((container) => [container.id, container]));
    const containers = parseContainers(await this.#list(this.version));
    const api = `/v${this.version.api}`;
    for (const container of containers) {
      const known = before.get(container.id);
      if (known === undefined) continue;
      container.restarts = known.restarts;
      container.oom_killed = known.oom_killed;
      container.exit_code ??= known.running === container.running ? known.exit_code : null;
    }
    // Names first: they are all a reader needs if an inspection hangs.
    this.containers = containers;
    for (let n = Math.min(MAX_INSPECTIONS, containers.length); n > 0; n--) {
      const container = containers[this.#turn++ % containers.length]!;
      const path = `${api}/containers/${encodeURIComponent(container.id)}/json`;
      try {
        applyInspection(container, await this.#get(path));
      } catch (error) {
        // Removed since the list: the next one. No answer at all: enough for this round.
        if (!(error instanceof EngineError && error.status === 404)) throw error;
      }
    }
  }

  /** Disk space; needs the version, hence containers first. */
  async refreshDiskUsage(): Promise<void> {
    if (this.version === null) return;
    const path = `/v${this.version.api}/system/df`;
    this.space = parseSpace(await this.#get(path, this.#spaceTimeout));
  }

  /** Docker 29 refuses 1.41 as too old (status 400): then its own newest version is asked for. */
  async #list(version: EngineVersion): Promise<unknown> {
    const path = "containers/json?all=1";
    try {
      return await this.#get(`/v${version.api}/${path}`);
    } catch (error) {
      if (!(error instanceof EngineError && error.status === 400) || version.api === version.newest_api) {
        throw error;
      }
      version.api = version.newest_api;
      return await this.#get(`/v${version.api}/${path}`);
    }
  }

  #get(path: string, timeoutSeconds = this.#timeout): Promise<unknown> {
    return getJson(this.socket, path, this.#options(timeoutSeconds));
  }

  #options(timeoutSeconds: number): GetOptions {
    return { timeout_seconds: timeoutSeconds, signal: this.#signal };
  }
}
