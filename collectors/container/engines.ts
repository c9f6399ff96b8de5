/** Container engines: names, images, restarts and disk space, asked in the background. A sample never waits for them. */

import { emptyContainer } from "../../model/empty_records.ts";
import type { Collector, CollectorContext } from "../collector.ts";
import { EngineClient, type EngineClientOptions } from "./engine_client.ts";
import type { EngineContainer } from "./engine_parse.ts";
import { findSockets } from "./engine_sockets.ts";
import { reasonOf } from "../../model/error_reason.ts";
import type { ContainerSample, EngineSample, Sample } from "../../model/sample.ts";

export interface EngineOptions extends EngineClientOptions {
  /** Sockets to ask; found by name where not given. */
  sockets?: readonly string[];
}

/** Sockets are looked for this often: an engine may be started later. */
const LOOK_SECONDS = 60;
/** Docker runs anyway. Podman is started by each question where its socket is activated: that one is asked less often. */
const ASK_SECONDS = { docker: 60, podman: 300 };
/** A container that no engine has named yet is worth asking sooner, but not in every pass. */
const ASK_SOONER_SECONDS = 15;
const SPACE_SECONDS = 900;
const FIRST_RETRY_SECONDS = 30;
const LAST_RETRY_SECONDS = 600;
/** Containers without a cgroup (stopped ones) that are reported; some machines keep thousands. */
const MAX_STOPPED = 200;

interface EngineState {
  client: EngineClient;
  /** Settles when the round in flight has ended; null between rounds. */
  round: Promise<void> | null;
  nextSeconds: number;
  nextSpaceSeconds: number;
  requested_seconds: number;
  retrySeconds: number;
  /** A space question in flight, apart from the rounds: it may take minutes. */
  spaceInFlight: boolean;
}

/** Keeps asking the engines and writes what they last said into samples. */
export class Engines {
  readonly #engines = new Map<string, EngineState>();
  readonly #stop = new AbortController();
  #nextLook = 0;

  constructor(
    readonly context: Pick<CollectorContext, "roots" | "unavailable">,
    readonly options: EngineOptions = {},
  ) {}

  /** Starts what is due, waits for nothing. `hasUnnamed`: containers are there that no engine has named. */
  start(hasUnnamed: boolean, now = performance.now() / 1000): void {
    if (now >= this.#nextLook) {
      this.#look();
      this.#nextLook = now + LOOK_SECONDS;
    }
    for (const engine of this.#engines.values()) {
      const isSooner = hasUnnamed && engine.retrySeconds === 0 &&
        now >= engine.requested_seconds + ASK_SOONER_SECONDS;
      if (engine.round === null && (now >= engine.nextSeconds || isSooner)) {
        engine.requested_seconds = now;
        engine.round = this.#ask(engine).finally(() => engine.round = null);
      }
      const isKnown = engine.client.version !== null;
      if (isKnown && !engine.spaceInFlight && engine.retrySeconds === 0 && now >= engine.nextSpaceSeconds) {
        engine.nextSpaceSeconds = now + SPACE_SECONDS;
        this.#askSpace(engine);
      }
    }
  }

  /** Settles when all rounds in flight have. */
  async settled(): Promise<void> {
    await Promise.all(Array.from(this.#engines.values(), (engine) => engine.round));
  }

  /** Ends all questions in flight. */
  close(): void {
    this.#stop.abort();
  }

  #look(): void {
    // A recorded machine's engines are not this machine's.
    const sockets = this.options.sockets ?? (this.context.roots.is_live ? findSockets() : []);
    for (const socket of sockets) {
      if (this.#engines.has(socket)) continue;
      this.#engines.set(socket, {
        client: new EngineClient(socket, { ...this.options, signal: this.#stop.signal }),
        round: null,
        nextSeconds: 0,
        nextSpaceSeconds: 0,
        requested_seconds: -Infinity,
        retrySeconds: 0,
        spaceInFlight: false,
      });
    }
  }

  async #ask(engine: EngineState): Promise<void> {
    const { client } = engine;
    try {
      await client.refreshContainers();
      engine.retrySeconds = 0;
      engine.nextSeconds = performance.now() / 1000 + ASK_SECONDS[client.version!.engine];
    } catch (error) {
      this.#note(client, error);
      engine.retrySeconds = Math.min(LAST_RETRY_SECONDS, engine.retrySeconds * 2 || FIRST_RETRY_SECONDS);
      engine.nextSeconds = performance.now() / 1000 + engine.retrySeconds;
    }
  }

  async #askSpace(engine: EngineState): Promise<void> {
    engine.spaceInFlight = true;
    try {
      await engine.client.refreshDiskUsage();
    } catch (error) {
      this.#note(engine.client, error, "disk space of ");
    }
    engine.spaceInFlight = false;
  }

  #note(client: EngineClient, error: unknown, what = ""): void {
    if (this.#stop.signal.aborted) return;
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.ConnectionRefused) {
      client.containers = [];
      return; // The engine was stopped: nothing is missing.
    }
    const hint = error instanceof Deno.errors.PermissionDenied
      ? "run as root, or join the engine's group"
      : "";
    this.context.unavailable(`${what}container engine at ${client.socket}`, reasonOf(error), hint);
  }

  /** Names those containers that the tree has found, and adds those that have no cgroup. */
  apply(sample: Sample): void {
    const byId = new Map<string, ContainerSample>();
    const found = sample.containers.filter((container) => container.cgroup !== "");
    for (const container of found) byId.set(container.id, container);
    const stopped: ContainerSample[] = [];
    const engines: EngineSample[] = [];
    for (const { client } of this.#engines.values()) {
      if (client.version === null) continue;
      const { engine, version } = client.version;
      engines.push({ engine, socket: client.socket, version, space: client.space });
      for (const metadata of client.containers) {
        let container = byId.get(metadata.id);
        if (container === undefined) {
          if (stopped.length >= MAX_STOPPED) continue;
          container = emptyContainer(metadata.id);
          container.state = metadata.running ? "unknown" : "stopped";
          byId.set(metadata.id, container);
          stopped.push(container);
        }
        applyMetadata(container, metadata, engine);
      }
    }
    sample.containers = stopped.length === 0 && found.length === sample.containers.length
      ? sample.containers
      : [...found, ...stopped];
    sample.engines = engines;
  }
}

function applyMetadata(
  container: ContainerSample,
  metadata: EngineContainer,
  engine: "docker" | "podman",
): void {
  container.name = metadata.name ?? container.name;
  container.image = metadata.image;
  container.pod = metadata.pod ?? container.pod;
  if (container.engine !== "kubernetes") container.engine = metadata.pod === null ? engine : "kubernetes";
  container.restarts = metadata.restarts;
  container.oom_killed = metadata.oom_killed;
  container.exit_code = metadata.exit_code;
}

/** Container engines on their sockets. */
export function enginesCollector(context: CollectorContext, options: EngineOptions = {}): Collector {
  const known = new Engines(context, options);
  return {
    name: "engines",
    source: "/run/docker.sock, /run/podman/podman.sock",
    tier: "normal",
    collect(sample) {
      known.start(sample.containers.some((container) => container.cgroup !== "" && container.image === null));
      known.apply(sample);
    },
    async prepare() {
      known.start(false);
      await known.settled();
    },
    close: () => known.close(),
  };
}
