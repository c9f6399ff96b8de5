/** Reads the shards of a plan, few at once; what is too large for the server is halved, what is refused is told. */

import type { PrometheusClient } from "./client.ts";
import { pause } from "./patience.ts";
import { FleetError } from "./errors.ts";
import {
  classifyLifetimes,
  type FoundLifetime,
  RefusedSeries,
  type SeriesContext,
} from "./classify_lifetimes.ts";
import type { MatrixSeries } from "./parse_matrix.ts";
import { expressionOf, MAX_DEPTH, type Shard, shardMatchers, splitShard } from "./plan.ts";
import { alignedRange } from "./window.ts";

/** Something that was not read, for the report. */
export interface Unread {
  source: string;
  why: string;
  hint: string;
}

export interface ReadTotals {
  series: number;
  points: number;
  lifetimes: number;
}

export interface ShardReaderOptions {
  client: PrometheusClient;
  select: string | null;
  jobs: number;
  signal: AbortSignal;
  /** Called now and then while series come: between two, nothing is held. */
  onPause?: () => void;
  /** Called after each shard. */
  onProgress: (estimatedPoints: number) => void;
}

/** Waits of a busy server that names none: doubled each time, up to a minute. */
const FIRST_WAIT = 1, LONGEST_WAIT = 60, MAX_WAITS = 8;
const PAUSE_SERIES = 200;
/** Lifetimes kept at most; a fleet of more is read in parts. */
const MAX_LIFETIMES = 900_000;

export class ShardReader {
  readonly totals: ReadTotals = { series: 0, points: 0, lifetimes: 0 };
  readonly unread: Unread[] = [];
  readonly #options: ShardReaderOptions;
  #jobs: number;
  #refusedSeries = 0;

  constructor(options: ShardReaderOptions) {
    this.#options = options;
    this.#jobs = options.jobs;
  }

  /** Reads all of them into their chains. Throws FleetError only where nothing else can be read either. */
  async read(shards: readonly Shard[], context: SeriesContext): Promise<void> {
    const queue = [...shards];
    let fatal: FleetError | null = null;
    const worker = async (index: number) => {
      // A server that asks for patience is asked by one at a time.
      while (queue.length > 0 && fatal === null && index < this.#jobs) {
        const shard = queue.shift()!;
        try {
          queue.unshift(...await this.#readOne(shard, context));
        } catch (error) {
          if (!(error instanceof FleetError)) throw error;
          fatal = error;
          this.#note(shard, error.message);
        }
      }
    };
    await Promise.all(Array.from({ length: this.#jobs }, (_, index) => worker(index)));
    for (const shard of queue) this.#note(shard, fatal === null ? "left out" : (fatal as FleetError).message);
    if (fatal !== null && (fatal as FleetError).kind !== "stopped" && this.totals.series === 0) throw fatal;
    if (this.#refusedSeries > 0) {
      this.unread.push({
        source: context.metric.name,
        why:
          `${this.#refusedSeries} series left out: most of their points are not numbers or are out of order`,
        hint: "",
      });
      this.#refusedSeries = 0;
    }
  }

  /** Reads a shard; gives its halves where it is too large. */
  async #readOne(shard: Shard, context: SeriesContext): Promise<Shard[]> {
    let step = context.step_seconds;
    for (let waits = 0;;) {
      try {
        await this.#query(shard, { ...context, step_seconds: step });
        this.#options.onProgress(shard.estimated_points);
        return [];
      } catch (error) {
        if (!(error instanceof FleetError)) throw error;
        if (error.kind === "busy" && waits < MAX_WAITS) {
          this.#jobs = 1;
          const wait = error.retry_after_seconds ?? FIRST_WAIT * 2 ** waits;
          waits++;
          await pause(Math.min(LONGEST_WAIT, wait), this.#options.signal);
          continue;
        }
        if (error.kind === "too_many_points" && step === context.step_seconds) {
          step *= 2;
          continue;
        }
        if (error.kind === "denied" || error.kind === "unreachable" || error.kind === "stopped") throw error;
        const halves = error.kind === "too_large" && shard.depth < MAX_DEPTH ? splitShard(shard) : null;
        if (halves !== null) return halves;
        this.#note(shard, error.message);
        return [];
      }
    }
  }

  async #query(shard: Shard, context: SeriesContext): Promise<void> {
    const { client, select } = this.#options;
    const { metric, window, step_seconds } = context;
    const found: FoundLifetime[] = [];
    let series = 0, points = 0, refused = 0;
    const take = (each: MatrixSeries) => {
      if (++series % PAUSE_SERIES === 0) this.#options.onPause?.();
      points += each.count;
      try {
        for (const lifetime of classifyLifetimes(each, context)) found.push(lifetime);
      } catch (error) {
        if (!(error instanceof RefusedSeries)) throw error;
        refused++;
      }
    };
    const answer = await client.queryRange({
      query: expressionOf(metric, select, shardMatchers(shard), step_seconds),
      ...alignedRange(window, step_seconds),
    }, take);
    const isPartial = answer.is_partial || answer.warnings.length > 0;
    if (isPartial) {
      const said = answer.warnings.join("; ") || "the server says that its answer is partial";
      this.#note(shard, said, "verdicts on these are marked partial");
    }
    this.totals.series += series;
    this.totals.points += points;
    this.#refusedSeries += refused;
    for (const each of longest(found)) {
      if (this.totals.lifetimes >= MAX_LIFETIMES) {
        this.#note(shard, `more than ${MAX_LIFETIMES} lifetimes; narrow it with --select`);
        break;
      }
      each.lifetime.is_partial = isPartial;
      each.chain.lifetimes.push(each.lifetime);
      this.totals.lifetimes++;
    }
  }

  #note(shard: Shard, why: string, hint = ""): void {
    const { metric, values, matchers } = shard;
    const named = values === null
      ? []
      : [`${metric.shard} ${
        values.length > 3
          ? `${values.slice(0, 3).join(", ")} and ${values.length - 3} more`
          : values.join(", ")
      }`];
    this.unread.push({ source: [metric.name, ...named, ...matchers].join(" "), why, hint });
  }
}

/** Of lifetimes that several servers saw the one with most points. */
function longest(found: readonly FoundLifetime[]): Iterable<FoundLifetime> {
  const best = new Map<string, FoundLifetime>();
  for (const each of found) {
    const known = best.get(each.identity);
    if (!known || known.lifetime.points < each.lifetime.points) best.set(each.identity, each);
  }
  return best.values();
}
