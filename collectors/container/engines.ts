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
/** Docker runs anyway. Podman is started by each question where its socket is activated: ask that one seldom. */
const ASK_SECONDS = { docker: 60, podman: 300 };
/** A container that no engine has named yet is worth asking sooner, but not in every pass. */
const ASK_SOONER_SECONDS = 15;
const SPACE_SECONDS = 900;
const FIRST_RETRY_SECONDS = 30;
const LAST_RETRY_SECONDS = 600;
/** Containers without a cgroup (stopped ones) that are reported; some machines keep thousands. */
const MAX_STOPPED = 200;

interface Asked {
  client: EngineClient;
  /** Settles when the round in flight has ended; null between rounds. */
  round: Promise<void> | null;
  nextSeconds: number;
  nextSpaceSeconds: number;
  askedSeconds: number;
  retrySeconds: number;
  /** A space question in flight, apart from the rounds: it may take minutes. */
  spaceInFlight: boolean;
}

/** Keeps asking the engines and writes what they last said into samples. */
export class Engines {
  readonly #asked = new Map<string, Asked>();
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
    for (const asked of this.#asked.values()) {
      const isSooner = hasUnnamed && asked.retrySeconds === 0 &&
        now >= asked.askedSeconds + ASK_SOONER_SECONDS;
      if (asked.round === null && (now >= asked.nextSeconds || isSooner)) {
        asked.askedSeconds = now;
        asked.round = this.#ask(asked).finally(() => asked.round = null);
      }
      const isKnown = asked.client.version !== null;
      if (isKnown && !asked.spaceInFlight && asked.retrySeconds === 0 && now >= asked.nextSpaceSeconds) {
        asked.nextSpaceSeconds = now + SPACE_SECONDS;
        this.#askSpace(asked);
      }
    }
  }

  /** Settles when all rounds in flight have. */
  async settled(): Promise<void> {
    await Promise.all(Array.from(this.#asked.values(), (asked) => asked.round));
  }

  /** Ends all questions in flight. */
  close(): void {
    this.#stop.abort();
  }

  #look(): void {
    // A recorded machine's engines are not this machine's.
    const sockets = this.options.sockets ?? (this.context.roots.is_live ? findSockets() : []);
    for (const socket of sockets) {
      if (this.#asked.has(socket)) continue;
      this.#asked.set(socket, {
        client: new EngineClient(socket, { ...this.options, signal: this.#stop.signal }),
        round: null,
        nextSeconds: 0,
        nextSpaceSeconds: 0,
        askedSeconds: -Infinity,
        retrySeconds: 0,
        spaceInFlight: false,
      });
    }
  }

  async #ask(asked: Asked): Promise<void> {
    const { client } = asked;
    try {
      await client.renewContainers();
      asked.retrySeconds = 0;
      asked.nextSeconds = performance.now() / 1000 + ASK_SECONDS[client.version!.engine];
    } catch (error) {
      this.#note(client, error);
      asked.retrySeconds = Math.min(LAST_RETRY_SECONDS, asked.retrySeconds * 2 || FIRST_RETRY_SECONDS);
      asked.nextSeconds = performance.now() / 1000 + asked.retrySeconds;
    }
  }

  async #askSpace(asked: Asked): Promise<void> {
    asked.spaceInFlight = true;
    try {
      await asked.client.renewSpace();
    } catch (error) {
      this.#note(asked.client, error, "disk space of ");
    }
    asked.spaceInFlight = false;
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
    for (const { client } of this.#asked.values()) {
      if (client.version === null) continue;
      const { engine, version } = client.version;
      engines.push({ engine, socket: client.socket, version, space: client.space });
      for (const told of client.containers) {
        let container = byId.get(told.id);
        if (container === undefined) {
          if (stopped.length >= MAX_STOPPED) continue;
          container = emptyContainer(told.id);
          container.state = told.running ? "unknown" : "stopped";
          byId.set(told.id, container);
          stopped.push(container);
        }
        applyMetadata(container, told, engine);
      }
    }
    sample.containers = stopped.length === 0 && found.length === sample.containers.length
      ? sample.containers
      : [...found, ...stopped];
    sample.engines = engines;
  }
}

function applyMetadata(container: ContainerSample, told: EngineContainer, engine: "docker" | "podman"): void {
  container.name = told.name ?? container.name;
  container.image = told.image;
  container.pod = told.pod ?? container.pod;
  if (container.engine !== "kubernetes") container.engine = told.pod === null ? engine : "kubernetes";
  container.restarts = told.restarts;
  container.oom_killed = told.oom_killed;
  container.exit_code = told.exit_code;
}

/** Container engines on their sockets. */
export function enginesCollector(context: CollectorContext, options: EngineOptions = {}): Collector {
  const known = new Engines(context, options);
  return {
    name: "engines",
    source: "/run/docker.sock, /run/podman/podman.sock",
    tier: "often",
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
