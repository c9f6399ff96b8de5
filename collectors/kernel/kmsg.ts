/** The kernel's own log, where there is no journal. */

import fs from "node:fs";
import { parseKmsgRecord, type SystemEvent } from "./system_event.ts";

const MAX_RECORDS = 20_000;

/** Reads /dev/kmsg on from where it stopped; each read gives one record and none waits. */
export class KmsgReader {
  readonly #file: number;
  readonly #buffer = new Uint8Array(8192);

  /** Throws where it cannot be opened: kernel.dmesg_restrict asks for CAP_SYSLOG. */
  constructor(path = "/dev/kmsg") {
    this.#file = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  }

  read(boot_time_seconds: number): SystemEvent[] {
    const events: SystemEvent[] = [];
    for (let count = 0; count < MAX_RECORDS; count++) {
      let length: number;
      try {
        length = fs.readSync(this.#file, this.#buffer);
      } catch (error) {
        // EPIPE: records were overwritten before they were read; the next read goes on behind them.
        if ((error as { code?: string }).code === "EPIPE") continue;
        break; // EAGAIN: that was all
      }
      if (length === 0) break;
      const record = new TextDecoder().decode(this.#buffer.subarray(0, length));
      const event = parseKmsgRecord(record, boot_time_seconds);
      if (event) events.push(event);
    }
    return events;
  }

  close(): void {
    fs.closeSync(this.#file);
  }
}
