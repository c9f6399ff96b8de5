/**
 * One message to many viewers as server-sent events. A message is encoded once. What a viewer has not taken yet is bounded:
 * at most two messages wait for each, further ones are skipped for that viewer (the page wants the newest state, not all of
 * them), and one who takes nothing for a minute is let go of. Beneath, the kernel buffers some 4 MiB per connection, once.
 */

const encoder = new TextEncoder();
/** Comments keep proxies and dead connections from going unnoticed. */
const HEARTBEAT = encoder.encode(": still here\n\n");
const HEARTBEAT_SECONDS = 15;
/** A page has one connection; a handful of people have a handful. */
const MAX_VIEWERS = 64;
const MAX_WAITING = 2;
/** A browser that comes back from sleep connects again by itself. */
const PATIENCE_SECONDS = 60;

interface Viewer {
  controller: ReadableStreamDefaultController<Uint8Array>;
  /** Since when it has had no room for a message; null: it takes them. */
  full_since: number | null;
  leave(): void;
}

export class Broadcast {
  readonly #viewers = new Set<Viewer>();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #now: () => number;
  #last: Uint8Array | null = null;

  /** `now` counts seconds. */
  constructor(now: () => number = () => performance.now() / 1000) {
    this.#now = now;
    this.#timer = setInterval(() => this.#send(HEARTBEAT), HEARTBEAT_SECONDS * 1000);
    Deno.unrefTimer(this.#timer as unknown as number);
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  /** Messages that wait for the viewer who is furthest behind. */
  get backlog(): number {
    return Math.max(0, ...[...this.#viewers].map(({ controller }) => MAX_WAITING - controller.desiredSize!));
  }

  /** A new viewer gets the last message at once. Null: too many are connected. */
  subscribe(onLeave: () => void): ReadableStream<Uint8Array> | null {
    if (this.#viewers.size >= MAX_VIEWERS) return null;
    let viewer: Viewer;
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        viewer = { controller, full_since: null, leave: onLeave };
        this.#viewers.add(viewer);
        // The page must not wait for the next sample to know that it is connected; it comes back by itself after 2 s.
        controller.enqueue(encoder.encode("retry: 2000\n\n"));
        if (this.#last) controller.enqueue(this.#last);
      },
      cancel: () => this.#forget(viewer),
    }, { highWaterMark: MAX_WAITING });
  }

  publish(event: string, json: string): void {
    // JSON.stringify leaves no line break in its output, so one data line is enough.
    this.#last = encoder.encode(`event: ${event}\ndata: ${json}\n\n`);
    this.#send(this.#last);
  }

  /** The last message is old by now: a new viewer had better wait for the next one. */
  expire(): void {
    this.#last = null;
  }

  /** Ends all connections. */
  close(): void {
    clearInterval(this.#timer);
    for (const viewer of this.#viewers) {
      try {
        viewer.controller.close();
      } catch { /* it has left already */ }
    }
    this.#viewers.clear();
  }

  #send(bytes: Uint8Array): void {
    const now = this.#now();
    for (const viewer of this.#viewers) {
      if (viewer.controller.desiredSize! > 0) {
        viewer.full_since = null;
        viewer.controller.enqueue(bytes);
      } else {
        viewer.full_since ??= now;
        if (now - viewer.full_since > PATIENCE_SECONDS) this.#dismiss(viewer);
      }
    }
  }

  #dismiss(viewer: Viewer): void {
    // Should it read on after all, it comes to the stream's end and connects again.
    viewer.controller.close();
    this.#forget(viewer);
  }

  #forget(viewer: Viewer): void {
    if (this.#viewers.delete(viewer)) viewer.leave();
  }
}
