/**
 * Prometheus' remote write, by hand: protobuf inside snappy that compresses nothing. Both Prometheus (with
 * --web.enable-remote-write-receiver) and VictoriaMetrics take it.
 */

import type { FleetHistory, HistorySeries } from "./history.ts";

/** What is written: a made-up fleet, or scrapes of a real one. */
export type WrittenHistory = Pick<FleetHistory, "series" | "takenBy" | "timeOf" | "count"> & {
  options: { step_seconds: number };
};

/** A request's size at which it is sent. */
const BATCH_BYTES = 8_000_000;
/** tag, length, tag, eight bytes of value, tag, six bytes of milliseconds: these years need no more. */
const SAMPLE_BYTES = 18;

/**
 * Sends a history. Where `chunkSeconds` is given, all series' samples of that long are sent before the next: Prometheus takes
 * none that is an hour older than its newest.
 * @returns samples sent
 */
export async function writeHistory(
  history: WrittenHistory,
  url: string,
  chunkSeconds: number | null,
): Promise<number> {
  const taken = new Map<string, Uint8Array>();
  const takenBy = (series: HistorySeries): Uint8Array => {
    const instance = series.labels["instance"] ?? "";
    if (!taken.has(instance)) taken.set(instance, history.takenBy(instance));
    return taken.get(instance)!;
  };
  const batch = new Batch(url);
  if (chunkSeconds === null) {
    for (const series of history.series()) {
      await batch.add(labelsMessage(series.labels), history, series, takenBy(series), 0, history.count);
    }
  } else {
    const all = [...history.series()].map((series) => ({ series, labels: labelsMessage(series.labels) }));
    const step = Math.max(1, Math.floor(chunkSeconds / history.options.step_seconds));
    for (let from = 0; from < history.count; from += step) {
      for (const { series, labels } of all) {
        await batch.add(labels, history, series, takenBy(series), from, from + step);
      }
      await batch.flush();
    }
  }
  await batch.flush();
  // VictoriaMetrics shows samples a second later; Prometheus at once, and does not know the path.
  await (await fetch(new URL("/internal/force_flush", url))).body?.cancel();
  return batch.samples;
}

class Batch {
  samples = 0;
  #bytes = new Uint8Array(2 * BATCH_BYTES);
  #size = 0;

  constructor(readonly url: string) {}

  /** Adds the samples of grid positions from..to. */
  async add(
    labels: Uint8Array,
    history: WrittenHistory,
    { first, values }: HistorySeries,
    taken: Uint8Array,
    from: number,
    to: number,
  ): Promise<void> {
    const start = Math.max(first, from), end = Math.min(first + values.length, to);
    let count = 0;
    for (let i = start; i < end; i++) count += taken[i]!;
    if (count === 0) return;
    const length = labels.length + count * SAMPLE_BYTES;
    if (this.#size + length + 16 > this.#bytes.length) this.#grow(length);
    const bytes = this.#bytes, view = new DataView(bytes.buffer);
    let at = this.#size;
    bytes[at++] = 0x0a;
    at = putVarint(bytes, at, length);
    bytes.set(labels, at);
    at += labels.length;
    for (let i = start; i < end; i++) {
      if (taken[i] === 0) continue;
      bytes[at] = 0x12;
      bytes[at + 1] = SAMPLE_BYTES - 2;
      bytes[at + 2] = 0x09;
      view.setFloat64(at + 3, values[i - first]!, true);
      bytes[at + 11] = 0x10;
      putVarint(bytes, at + 12, history.timeOf(i) * 1000);
      at += SAMPLE_BYTES;
    }
    this.#size = at;
    this.samples += count;
    if (this.#size > BATCH_BYTES) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#size === 0) return;
    const body = snappyOf(this.#bytes.subarray(0, this.#size));
    this.#size = 0;
    for (let tries = 0;; tries++) {
      const answer = await fetch(this.url, {
        method: "POST",
        body,
        headers: {
          "content-type": "application/x-protobuf",
          "content-encoding": "snappy",
          "x-prometheus-remote-write-version": "0.1.0",
        },
      });
      const text = await answer.text();
      if (answer.ok) return;
      if ((answer.status < 500 && answer.status !== 429) || tries > 20) {
        throw new Error(`${this.url}: ${answer.status} ${text.slice(0, 300)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 200 * (tries + 1)));
    }
  }

  #grow(length: number): void {
    const larger = new Uint8Array(this.#bytes.length * 2 + length);
    larger.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = larger;
  }
}

/** Labels in order of name, each a message of name and value. */
function labelsMessage(labels: Readonly<Record<string, string>>): Uint8Array {
  const encoder = new TextEncoder(), bytes = new Uint8Array(8192);
  let at = 0;
  for (const name of Object.keys(labels).sort()) {
    const key = encoder.encode(name), value = encoder.encode(labels[name]!);
    const pair = new Uint8Array(key.length + value.length + 24);
    pair[0] = 0x0a;
    let end = putVarint(pair, 1, key.length);
    pair.set(key, end);
    pair[end += key.length] = 0x12;
    end = putVarint(pair, end + 1, value.length);
    pair.set(value, end);
    end += value.length;
    bytes[at++] = 0x0a;
    at = putVarint(bytes, at, end);
    bytes.set(pair.subarray(0, end), at);
    at += end;
  }
  return bytes.slice(0, at);
}

/** Seven bits to a byte; without shifts, which would cut at 32 bits. */
function putVarint(bytes: Uint8Array, at: number, value: number): number {
  while (value > 127) {
    bytes[at++] = value % 128 + 128;
    value = Math.floor(value / 128);
  }
  bytes[at++] = value;
  return at;
}

/** Snappy's block format: the length, then one literal of up to 2^32 bytes. */
function snappyOf(raw: Uint8Array): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(raw.length + 16);
  let at = putVarint(block, 0, raw.length);
  block[at++] = 0xfc;
  new DataView(block.buffer).setUint32(at, raw.length - 1, true);
  block.set(raw, at + 4);
  return block.subarray(0, at + 4 + raw.length);
}
