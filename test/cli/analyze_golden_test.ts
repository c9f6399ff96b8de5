/** What `analyze` prints about recorded machines, as a process, against files one can read. */

import { assertGolden } from "../golden.ts";
import { programs } from "../programs.ts";
import { leakwatch, rootsOf } from "./leakwatch.ts";
import assert from "node:assert/strict";

/** What differs from run to run: the version, the time of day, and what the run itself cost. */
function withoutCost(text: string): string {
  return withoutVersion(text)
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, "DATE")
    .replace(/^COST [\s\S]*$/m, "COST\n")
    .replace(/^\*\*COST\*\* [\s\S]*$/m, "COST\n");
}

/** So that a release changes no golden file. */
const withoutVersion = (text: string): string =>
  text.replace(/\bleakwatch \d+\.\d+\.\d+ on /, "leakwatch VERSION on ");

function withoutCostJson(text: string): string {
  const analysis = JSON.parse(text);
  analysis.started_at = "DATE";
  analysis.leakwatch_version = "VERSION";
  for (const alert of analysis.alerts) Object.assign(alert, { since: "DATE", id: "ID" });
  delete analysis.own;
  // Points carry the time of day.
  delete analysis.timeline;
  // The order of fields is nobody's business.
  const sorted = (_: string, value: unknown) =>
    value && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1))
      : value;
  return JSON.stringify(analysis, sorted, 2) + "\n";
}

for (const program of programs()) {
  for (const machine of ["healthy", "leaking", "hidepid", "old_kernel", "captured_hybrid"]) {
    Deno.test(`analyze of a recorded machine, ${machine} (${program.name})`, async () => {
      const { code, stdout, stderr } = await leakwatch(program, [
        "analyze",
        "--duration",
        "0",
        ...rootsOf(machine),
      ]);
      assert.equal(stderr, "");
      assert.equal(code, 0);
      assertGolden(`analyze/${machine}.txt`, withoutCost(stdout));
      for (const line of stdout.split("\n")) assert.ok(line.length <= 100, `wider than 100 columns: ${line}`);
    });
  }

  Deno.test(`analyze --format markdown and json (${program.name})`, async () => {
    const args = ["analyze", "--duration", "0", ...rootsOf("leaking"), "--format"];
    assertGolden("analyze/leaking.md", withoutCost((await leakwatch(program, [...args, "markdown"])).stdout));
    assertGolden(
      "analyze/leaking.json",
      // Identities of cgroups are inodes of the fixture, which differ from checkout to checkout.
      withoutCostJson((await leakwatch(program, [...args, "json"])).stdout).replace(
        /"cgroup_id": \d+/g,
        '"cgroup_id": 1',
      ),
    );
  });

  Deno.test(`doctor on a recorded machine (${program.name})`, async () => {
    const { code, stdout } = await leakwatch(program, ["doctor", ...rootsOf("hidepid")]);
    assert.equal(code, 0);
    // How long a reading took differs, and with it the columns.
    assertGolden(
      "doctor/hidepid.txt",
      withoutVersion(stdout).replace(/\d+\.\d ms/g, "TIME").replace(/(\S) {2,}/g, "$1  "),
    );
  });
}
