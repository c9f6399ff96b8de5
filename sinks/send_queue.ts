/**
 * Things on their way to a receiver that may not answer: kept in order, sent in batches, retried with growing pauses.
 *
 * Nothing waits for it: `push` returns at once. It holds at most `most` things; what is dropped beyond that is a trouble until the
 * next success.
 */

import type { OperationalError } from "../model/finding.ts";
import { reasonOf } from "../model/error_reason.ts";
import { plural } from "../model/format.ts";

/** The receiver says that this batch will never be accepted: trying again is of no use. */
export class PermanentError extends Error {
  override readonly name = "PermanentError";
}

export interface QueueOptions<T> {
  name: string;
  /** What is sent, in the singular, for messages: "alert". */
  what: string;
  /** Delivers a batch; rejects where it should be tried again, with PermanentError where not. */
  deliver: (batch: readonly T[], signal: AbortSignal) => Promise<void>;
  /** Takes one out where there is no room. */
  drop: (waiting: T[]) => void;
  most?: number;
  batch?: number;
  /** First pause after a failure and the longest, in seconds. */
  first_pause_seconds?: number;
  longest_pause_seconds?: number;
}

export class SendQueue<T> {
  readonly #options: Required<QueueOptions<T>>;
  readonly #waiting: T[] = [];
  readonly #closing = new AbortController();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #sending: Promise<void> | null = null;
  #failures = 0;
  #why: string | null = null;
  #dropped = 0;
  #closed = false;

  constructor(options: QueueOptions<T>) {
    this.#options = { most: 200, batch: 50, first_pause_seconds: 1, longest_pause_seconds: 300, ...options };
  }

  get length(): number {
    return this.#waiting.length;
  }

  push(each: T): void {
    if (this.#closed) return;
    this.#waiting.push(each);
    if (this.#waiting.length > this.#options.most) {
      this.#options.drop(this.#waiting);
      this.#dropped++;
    }
    this.#schedule(0);
  }

  trouble(): OperationalError | null {
    if (this.#why === null) return null;
    const lost = this.#dropped > 0 ? `; ${plural(this.#dropped, this.#options.what)} lost` : "";
    return { name: this.#options.name, why: this.#why + lost };
  }

  /** Sends what is waiting until it is done or the time is over; one more try for what had failed. */
  async close(timeoutSeconds: number): Promise<void> {
    this.#closed = true;
    this.#cancel();
    const deadline = setTimeout(() => this.#closing.abort(), timeoutSeconds * 1000);
    try {
      if (this.#sending) await this.#sending;
      while (this.#waiting.length > 0 && !this.#closing.signal.aborted) {
        const before = this.#waiting.length;
        await this.#send();
        if (this.#waiting.length >= before) break;
      }
    } finally {
      clearTimeout(deadline);
      this.#closing.abort();
    }
  }

  #schedule(seconds: number): void {
    if (this.#timer !== null || this.#sending !== null || this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#sending = this.#send().finally(() => {
        this.#sending = null;
        if (this.#waiting.length > 0) this.#schedule(this.#pause());
      });
    }, seconds * 1000);
    // A receiver that does not answer must not keep the program alive; close() waits for as long as it is told.
    Deno.unrefTimer(this.#timer as unknown as number);
  }

  #cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Doubles per failure, with a fifth of chance in it so that many machines do not knock in step. */
  #pause(): number {
    if (this.#failures === 0) return 0;
    const { first_pause_seconds: first, longest_pause_seconds: longest } = this.#options;
    const pause = Math.min(longest, first * 2 ** Math.min(this.#failures - 1, 20));
    return pause * (0.9 + 0.2 * Math.random());
  }

  async #send(): Promise<void> {
    const batch = this.#waiting.slice(0, this.#options.batch);
    if (batch.length === 0) return;
    try {
      await this.#options.deliver(batch, this.#closing.signal);
      this.#failures = 0;
      this.#why = null;
      this.#dropped = 0;
      this.#remove(batch);
    } catch (error) {
      this.#why = reasonOf(error);
      if (error instanceof PermanentError) {
        this.#dropped += batch.length;
        this.#remove(batch);
      } else this.#failures++;
    }
  }

  /** Some of the batch may have been dropped meanwhile. */
  #remove(batch: readonly T[]): void {
    const sent = new Set(batch);
    for (let i = this.#waiting.length - 1; i >= 0; i--) {
      if (sent.has(this.#waiting[i]!)) this.#waiting.splice(i, 1);
    }
  }
}
