import assert from "node:assert/strict";
import fc from "fast-check";
import { CHECK_STATES, checkLine, exitCodeOf } from "../../../cli/check/plugin_line.ts";

Deno.test("check: one line with performance data, and the state's exit code", () => {
  const line = checkLine({
    state: "WARNING",
    message: "java (812) leaks 96 MiB/h",
    values: [
      { label: "leaks", value: 1, unit: "", warning: 1, minimum: 0 },
      { label: "memory used", value: 1.5e9, unit: "B", minimum: 0, maximum: 1.7e10 },
      { label: "it's", value: null, unit: "s" },
      { label: "share", value: 0.3333333, unit: "%" },
    ],
  });
  assert.equal(
    line,
    "LEAKWATCH WARNING - java (812) leaks 96 MiB/h | leaks=1;1;;0 'memory used'=1500000000B;;;0;17000000000 'it''s'=U share=0.33%\n",
  );
  assert.deepEqual(CHECK_STATES.map(exitCodeOf), [0, 1, 2, 3]);
});

Deno.test("check: whatever a subject calls itself, it is one line with one bar", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      (message, value) => {
        const line = checkLine({ state: "OK", message, values: [{ label: "leaks", value, unit: "" }] });
        assert.equal(line.split("\n").length, 2);
        assert.equal(line.split("|").length, 2);
        // deno-lint-ignore no-control-regex
        assert.doesNotMatch(line.slice(0, -1), /[\u0000-\u001f\u007f-\u009f]/);
      },
    ),
  );
});
