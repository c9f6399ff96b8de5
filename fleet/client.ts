/** The HTTP client of a Prometheus-compatible server: two paths of its API, bounded in time and in memory. */

import type { Credentials } from "./credentials.ts";
import { errorOfAnswer, errorOfFetch, FleetError, noApi, serverText } from "./errors.ts";
import { IdleTimer, pause, stopText } from "./patience.ts";
import { type AnswerEnvelope, AnswerFormatError, MatrixParser, type MatrixSeries } from "./parse_matrix.ts";

export interface ClientOptions {
  /** With the prefix, without a slash at its end. */
  url: string;
  credentials: Credentials;
  /** Ends everything: budget, Ctrl-C. */
  signal: AbortSignal;
  /** Ask for compressed answers: for slow links, at the price of CPU on both sides. */
  compress?: boolean;
  /** Without a byte for this long, an answer is given up. */
  idle_seconds?: number;
  /** Waits before a server that nobody reaches is tried again. */
  reconnect_seconds?: readonly number[];
}

/** What the reading cost. */
export interface Traffic {
  queries: number;
  response_bytes: number;
}

export interface RangeQuery {
  query: string;
  start_seconds: number;
  end_seconds: number;
  step_seconds: number;
}

const IDLE_SECONDS = 60;
/** Asked of the server as well, though engines heed it late (28 s instead of 5 were seen). */
const SERVER_TIMEOUT = "55s";
/** Three tries over ten seconds. */
const RECONNECT_SECONDS = [3, 6];
/** A kept connection that the server has just closed fails before any byte comes: met once in some thousand requests. */
const STALE_CONNECTION = /connection closed before message completed|connection (was )?reset|broken pipe/i;
const STALE_RETRIES = 2;
const MAX_ERROR_BYTES = 65_536;
const MAX_NAMES_BYTES = 64 * 1024 * 1024;

/** Throws FleetError from all that asks the server. */
export class PrometheusClient {
  readonly traffic: Traffic = { queries: 0, response_bytes: 0 };
  readonly #options: ClientOptions;
  #reached = false;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** Which server it is, where it says so. */
  async readBuildInfo(): Promise<{ engine: string; version: string | null }> {
    let text: string;
    try {
      text = await this.#text("GET", "/api/v1/status/buildinfo", null, MAX_ERROR_BYTES);
    } catch (error) {
      // Nothing else rests on it, and some do not have it.
      if (error instanceof FleetError && (error.kind === "no_api" || error.kind === "bad_query")) {
        return { engine: "Prometheus API", version: null };
      }
      throw error;
    }
    const version = buildVersion(text);
    return version === null ? { engine: "Prometheus API", version: null } : { engine: "Prometheus", version };
  }

  /** Names of all metrics the server has. */
  async readMetricNames(startSeconds: number, endSeconds: number): Promise<Set<string>> {
    const query = new URLSearchParams({ start: String(startSeconds), end: String(endSeconds) });
    const path = `/api/v1/label/__name__/values?${query}`;
    const text = await this.#text("GET", path, null, MAX_NAMES_BYTES);
    try {
      const answer = JSON.parse(text) as { status?: unknown; data?: unknown };
      if (answer.status === "success" && Array.isArray(answer.data)) {
        return new Set(answer.data.filter((name) => typeof name === "string"));
      }
    } catch {
      // Said below.
    }
    throw noApi(this.#options.url);
  }

  /** Values at a time, each as a series of one point. */
  query(query: string, atSeconds: number, onSeries: (series: MatrixSeries) => void): Promise<AnswerEnvelope> {
    return this.#stream("/api/v1/query", { query, time: String(atSeconds) }, onSeries);
  }

  queryRange(range: RangeQuery, onSeries: (series: MatrixSeries) => void): Promise<AnswerEnvelope> {
    const { query, start_seconds, end_seconds, step_seconds } = range;
    return this.#stream("/api/v1/query_range", {
      query,
      start: String(start_seconds),
      end: String(end_seconds),
      step: String(step_seconds),
      // VictoriaMetrics: a fleet's answer would push out of its cache what dashboards ask for again and again.
      nocache: "1",
    }, onSeries);
  }

  close(): void {
    this.#options.credentials.client?.close();
  }

  async #stream(
    path: string,
    parameters: Record<string, string>,
    onSeries: (series: MatrixSeries) => void,
  ): Promise<AnswerEnvelope> {
    const body = new URLSearchParams({ ...parameters, timeout: SERVER_TIMEOUT });
    const parser = new MatrixParser(onSeries);
    const { url } = this.#options;
    try {
      await this.#send("POST", path, body, (chunk) => parser.write(chunk));
      const envelope = parser.end();
      if (!envelope.is_complete) throw new FleetError("too_large", `${url}: the connection broke off`);
      if (envelope.status === "success") return envelope;
      if (envelope.status === null) throw noApi(url);
      throw errorOfAnswer(url, 422, JSON.stringify({ status: "error", error: envelope.error ?? "" }), null);
    } catch (error) {
      if (error instanceof AnswerFormatError) {
        if (path.endsWith("_range") && this.traffic.queries > 2) {
          throw new FleetError("too_large", `${url}: ${error.message}`);
        }
        throw noApi(url);
      }
      throw error;
    }
  }

  async #text(method: string, path: string, body: URLSearchParams | null, most: number): Promise<string> {
    const decoder = new TextDecoder();
    let text = "", bytes = 0;
    await this.#send(method, path, body, (chunk) => {
      bytes += chunk.length;
      if (bytes > most) throw new FleetError("too_large", `${this.#options.url}: the answer is too long`);
      text += decoder.decode(chunk, { stream: true });
    });
    return text;
  }

  /** Sends, again where that may help, and hands over the body of a 200 as it comes. */
  async #send(
    method: string,
    path: string,
    body: URLSearchParams | null,
    take: (chunk: Uint8Array) => void,
  ): Promise<void> {
    const waits = [...this.#options.reconnect_seconds ?? RECONNECT_SECONDS];
    for (let stale = 0;;) {
      const idle = new IdleTimer(this.#options.idle_seconds ?? IDLE_SECONDS);
      try {
        this.traffic.queries++;
        const response = await this.#fetch(method, path, body, idle.signal);
        this.#reached = true;
        return await this.#receive(response, idle, take);
      } catch (error) {
        const known = this.#knownError(error, idle);
        if (known.kind !== "unreachable") throw known;
        if (STALE_CONNECTION.test(known.message) && stale++ < STALE_RETRIES) continue;
        const wait = waits.shift();
        if (wait === undefined || /certificate|tls|CaUsedAsEndEntity/i.test(known.message)) throw known;
        await pause(wait, this.#options.signal);
      } finally {
        idle.stop();
      }
    }
  }

  #fetch(method: string, path: string, body: URLSearchParams | null, idle: AbortSignal): Promise<Response> {
    const { url, credentials, signal } = this.#options;
    return fetch(url + path, {
      method,
      body,
      headers: {
        accept: "application/json",
        // Unpacking costs ten times what receiving does (1.4 s of CPU for 30 MB), and the server pays for packing.
        ...(this.#options.compress ? {} : { "accept-encoding": "identity" }),
        ...credentials.headers,
      },
      redirect: "manual",
      signal: AbortSignal.any([signal, idle]),
      client: credentials.client ?? undefined,
    } as RequestInit);
  }

  async #receive(response: Response, idle: IdleTimer, take: (chunk: Uint8Array) => void): Promise<void> {
    const { url } = this.#options;
    if (response.status !== 200) {
      throw errorOfAnswer(
        url,
        response.status,
        await beginningOf(response),
        response.headers.get("retry-after"),
      );
    }
    if (response.body === null) throw noApi(url);
    const reader = response.body.getReader();
    let begun = false;
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        idle.touch();
        begun = true;
        this.traffic.response_bytes += value.length;
        take(value);
      }
    } catch (error) {
      if (
        !begun || error instanceof FleetError || error instanceof AnswerFormatError || idle.isOver ||
        this.#options.signal.aborted
      ) throw error;
      throw new FleetError(
        "too_large",
        `${url}: the connection broke off (${errorOfFetch(url, error).message})`,
      );
    } finally {
      await reader.cancel().catch(() => {});
    }
  }

  #knownError(error: unknown, idle: IdleTimer): FleetError | AnswerFormatError & { kind?: undefined } {
    const { url, signal } = this.#options;
    if (error instanceof FleetError) return error;
    if (error instanceof AnswerFormatError) return error;
    if (signal.aborted) return new FleetError("stopped", stopText(signal));
    if (idle.isOver) {
      const seconds = this.#options.idle_seconds ?? IDLE_SECONDS;
      return new FleetError(
        this.#reached ? "too_large" : "unreachable",
        `${url}: no response for ${seconds} s`,
      );
    }
    return errorOfFetch(url, error);
  }
}

async function beginningOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return "";
  const decoder = new TextDecoder();
  let text = "";
  try {
    while (text.length < MAX_ERROR_BYTES) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    // The status says enough.
  } finally {
    await reader.cancel().catch(() => {});
  }
  return text;
}

function buildVersion(text: string): string | null {
  try {
    const { data } = JSON.parse(text) as { data?: { version?: unknown } };
    return typeof data?.version === "string" && data.version !== "" ? serverText(data.version) : null;
  } catch {
    return null;
  }
}
