import assert from "node:assert/strict";
import { parseSignalTreatment, SIGUSR1 } from "../../cli/signal_treatment.ts";

const status = (blocked: string, ignored: string, caught: string) =>
  `Name:\tleakwatch\nSigQ:\t0/96181\nSigPnd:\t0000000000000200\nShdPnd:\t0000000000000200\nSigBlk:\t${blocked}\n` +
  `SigIgn:\t${ignored}\nSigCgt:\t${caught}\n`;
const NONE = "0000000000000000", USR1 = "0000000000000200", USR2 = "0000000000000800";

Deno.test("signal treatment: blocked, ignored, or delivered to a handler or the default", () => {
  assert.equal(SIGUSR1, 10);
  assert.equal(parseSignalTreatment(status(USR1, NONE, USR1)), "blocked");
  assert.equal(parseSignalTreatment(status(NONE, "0000000000001204", NONE)), "ignored");
  assert.equal(parseSignalTreatment(status(NONE, NONE, "0000000100004643")), "delivered");
  assert.equal(parseSignalTreatment(status(NONE, NONE, NONE)), "delivered");
  assert.equal(parseSignalTreatment(status(USR2, USR2, USR2)), "delivered");
});

Deno.test("signal treatment: what cannot be read counts as delivered", () => {
  assert.equal(parseSignalTreatment(""), "delivered");
});
