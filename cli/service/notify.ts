/**
 * Tells the service manager how the service is: ready, alive, stopping (sd_notify(3)).
 *
 * One datagram each to the socket named in NOTIFY_SOCKET, sent by this very process, so that the unit needs no more than
 * NotifyAccess=main. docs/decisions/0008-sd-notify.md says why not otherwise.
 */

/** Deno.listenDatagram for Unix sockets, behind `unstable: net`; its types are not among the stable ones. */
interface DatagramSocket {
  send(data: Uint8Array, to: { transport: "unixpacket"; path: string }): Promise<number>;
  close(): void;
}
type ListenDatagram = (options: { transport: "unixpacket"; path: string }) => DatagramSocket;

export class ServiceNotifier {
  readonly #manager: string;
  readonly #own: string;
  readonly #socket: DatagramSocket;
  /** Half the time after which the service manager takes silence for a hang; null where it does not watch. */
  readonly watchdog_seconds: number | null;

  private constructor(manager: string, own: string, socket: DatagramSocket) {
    this.#manager = manager;
    this.#own = own;
    this.#socket = socket;
    const forUs = (Deno.env.get("WATCHDOG_PID") ?? String(Deno.pid)) === String(Deno.pid);
    const microseconds = Number(Deno.env.get("WATCHDOG_USEC"));
    this.watchdog_seconds = forUs && microseconds > 0 ? microseconds / 2e6 : null;
  }

  /** null where no service manager listens. Throws a plain Error where it does and cannot be told. */
  static fromEnvironment(): ServiceNotifier | null {
    const manager = Deno.env.get("NOTIFY_SOCKET");
    if (!manager) return null;
    if (!manager.startsWith("/")) throw new Error("Cannot notify an abstract socket: Deno knows paths only");
    const listen = (Deno as unknown as { listenDatagram?: ListenDatagram }).listenDatagram;
    if (!listen) throw new Error("Cannot notify: this build lacks Deno.listenDatagram (--unstable-net)");
    // A Unix socket that sends must be bound to a path of its own; RuntimeDirectory= gives one.
    const own = `${Deno.env.get("RUNTIME_DIRECTORY") ?? Deno.makeTempDirSync()}/notify-${Deno.pid}.sock`;
    return new ServiceNotifier(manager, own, listen({ transport: "unixpacket", path: own }));
  }

  ready(status: string): Promise<void> {
    return this.#send(`READY=1\nSTATUS=${oneLine(status)}`);
  }

  status(status: string): Promise<void> {
    return this.#send(`STATUS=${oneLine(status)}`);
  }

  alive(): Promise<void> {
    return this.#send("WATCHDOG=1");
  }

  stopping(status: string): Promise<void> {
    return this.#send(`STOPPING=1\nSTATUS=${oneLine(status)}`);
  }

  close(): void {
    this.#socket.close();
    try {
      Deno.removeSync(this.#own);
    } catch {
      // The runtime directory went before.
    }
  }

  /** A manager that does not listen any more is none of our business. */
  async #send(message: string): Promise<void> {
    try {
      await this.#socket.send(new TextEncoder().encode(message), {
        transport: "unixpacket",
        path: this.#manager,
      });
    } catch {
      // Nobody to tell.
    }
  }
}

// deno-lint-ignore no-control-regex
const oneLine = (text: string): string => text.replace(/[\x00-\x1f\x7f]+/g, " ");
