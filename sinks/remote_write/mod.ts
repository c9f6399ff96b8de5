/**
 * Metrics to a server that takes Prometheus' remote write, for machines that nobody can scrape. Nothing waits for it: requests stand
 * in a bounded queue, in order of time as Prometheus wants them, and are retried; where there is no room the oldest is dropped.
 */

import type { OperationalError } from "../../model/finding.ts";
import { PermanentError, SendQueue } from "../send_queue.ts";
import { encodeWriteRequest, type SampledSeries } from "./encode.ts";

export interface RemoteWriteOptions {
  url: string;
  headers: Record<string, string>;
  /** With a CA of its own; null: the usual one. */
  client: Deno.HttpClient | null;
  /** Added to every series. */
  labels: Record<string, string>;
  /** For tests: shorter pauses, less room. */
  first_pause_seconds?: number;
  most?: number;
}

export interface Metric {
  name: string;
  labels: Readonly<Record<string, string>>;
  value: number;
}

/** An hour of samples every 15 s, some 15 kB each. */
const MAX_REQUESTS = 240;
const TIMEOUT_SECONDS = 30, LONGEST_PAUSE_SECONDS = 60;

export class RemoteWriter {
  readonly #options: RemoteWriteOptions;
  readonly #queue: SendQueue<Uint8Array<ArrayBuffer>>;
  /** Series of the request before, by their labels: those that are gone are ended. */
  #before = new Map<string, SampledSeries["labels"]>();

  constructor(options: RemoteWriteOptions) {
    this.#options = options;
    this.#queue = new SendQueue({
      name: "remote-write",
      what: "request",
      most: options.most ?? MAX_REQUESTS,
      batch: 1,
      first_pause_seconds: options.first_pause_seconds ?? 1,
      longest_pause_seconds: LONGEST_PAUSE_SECONDS,
      drop: (waiting) => void waiting.shift(),
      deliver: ([body], signal) => this.#post(body!, signal),
    });
  }

  /** Takes the metrics of one moment; returns at once. */
  send(metrics: readonly Metric[], wallSeconds: number): void {
    const now = new Map<string, SampledSeries["labels"]>();
    const series: SampledSeries[] = metrics.map(({ name, labels, value }) => {
      const all = { ...labels, ...this.#options.labels, __name__: name };
      now.set(JSON.stringify(all), all);
      return { labels: all, value };
    });
    this.#push([...series, ...this.#ended(now)], wallSeconds);
    this.#before = now;
  }

  error(): OperationalError | null {
    return this.#queue.trouble();
  }

  /** Ends all series, and sends what waits until the time is over. */
  async close(wallSeconds: number, timeoutSeconds: number): Promise<void> {
    if (this.#before.size > 0) this.#push(this.#ended(new Map()), wallSeconds);
    await this.#queue.close(timeoutSeconds);
    this.#options.client?.close();
  }

  #ended(now: ReadonlyMap<string, unknown>): SampledSeries[] {
    return [...this.#before].filter(([key]) => !now.has(key)).map(([, labels]) => ({ labels, value: null }));
  }

  #push(series: readonly SampledSeries[], wallSeconds: number): void {
    this.#queue.push(encodeWriteRequest(series, Math.round(wallSeconds * 1000)));
  }

  async #post(body: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<void> {
    const { url, headers, client } = this.#options;
    const response = await fetch(url, {
      method: "POST",
      body,
      headers: {
        "content-type": "application/x-protobuf",
        "content-encoding": "snappy",
        "x-prometheus-remote-write-version": "0.1.0",
        ...headers,
      },
      // It would carry the token to somebody else.
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_SECONDS * 1000)]),
      client: client ?? undefined,
    } as RequestInit);
    if (response.ok) return void await response.body?.cancel();
    const text = await beginningOf(response);
    const why = `answered ${response.status}${text === "" ? "" : `: ${text.trim()}`}`;
    // By the specification 5xx and 429 are tried again, other 4xx never.
    throw response.status >= 500 || response.status === 429 ? new Error(why) : new PermanentError(why);
  }
}

/** What the server has to say first; how much it says is up to it. */
async function beginningOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of response.body ?? []) {
    text += decoder.decode(part.subarray(0, 1000), { stream: true });
    if (text.length >= 200) break; // which cancels the rest
  }
  return text.slice(0, 200);
}
