/** Runs inside a machine with systemd: sends one alert of each kind to its journal, and says what stood in the way. */

import { JournalSink } from "../../../sinks/journal.ts";
import { makeAlert } from "../../sinks/make.ts";

const sink = new JournalSink({ type: "journal" });
sink.send(makeAlert({ severity: "critical", message: "first" }));
sink.send(makeAlert({ severity: "warning", message: "second, with ünïcode" }));
sink.send(makeAlert({ severity: "info", message: "third" }));
sink.send(makeAlert({ state: "resolved", message: "fourth" }));
await sink.close(10);
const trouble = sink.error();
if (trouble) {
  console.error(trouble.why);
  Deno.exit(1);
}
