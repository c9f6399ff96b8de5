import assert from "node:assert/strict";
import { compareWithEarlier, comparisonMessage, readEarlierBoots } from "../../../cli/boot/earlier_boots.ts";
import { sessionInfo } from "../../store/sessions.ts";

const MIB = 1024 * 1024;
/** A boot that used this many MiB at each minute. */
const boot = (...used: number[]) => ({
  boot_id: used.join(),
  points: used.map((mebibytes, minute) => ({ after_seconds: minute * 60, used_bytes: mebibytes * MIB })),
});

Deno.test("earlier boots: says how much more this one uses at the same minute", () => {
  const earlier = [boot(1000, 1010, 1020), boot(1000, 1030, 1040), boot(990, 1000, 1000)];
  const comparison = compareWithEarlier(125, 1430 * MIB, earlier, 60)!;
  assert.equal(comparison.median_bytes, 1020 * MIB);
  assert.equal(
    comparisonMessage(comparison),
    "at minute 2 this boot uses 410 MiB more than the last three (median 1020 MiB, 1000 MiB to 1.0 GiB)",
  );
});

Deno.test("earlier boots: within their range is no difference", () => {
  const comparison = compareWithEarlier(60, 1005 * MIB, [boot(0, 1000), boot(0, 1010)], 60)!;
  assert.match(comparisonMessage(comparison), /^at minute 1 this boot uses as much as the last two did/);
});

Deno.test("earlier boots: one that was not watched that long does not count", () => {
  assert.equal(compareWithEarlier(600, MIB, [boot(1000, 1010)], 60), null);
  assert.equal(compareWithEarlier(600, MIB, [], 60), null);
});

Deno.test("earlier boots: sessions of one boot are one, this boot's own and torn lines are left out", async () => {
  const directory = Deno.makeTempDirSync();
  const session = (id: string, boot_id: string, minutes: [number, number][], torn = "") => {
    const at = (minute: number) => `2026-11-20T10:${String(minute).padStart(2, "0")}:00.000Z`;
    const times = { started_at: at(minutes[0]![0]), ended_at: at(59) };
    const info = sessionInfo({ id, kind: "boot-diagnostics", boot_id, ...times });
    const rows = minutes.map(([minute, used]) => `${at(minute)},${used}\n`).join("");
    Deno.writeTextFileSync(`${directory}/${id}_session.json`, JSON.stringify(info));
    Deno.writeTextFileSync(`${directory}/${id}_memory.log`, `Timestamp,Used_KB\n${rows}${torn}`);
  };
  try {
    session("boot-20261120_100000", "first", [[0, 1000], [1, 1001]], "2026-11-20T10:02:00.000Z,10");
    session("boot-20261120_100500", "first", [[5, 1005]]);
    session("boot-20261120_103000", "this", [[30, 5000]]);
    assert.deepEqual(await readEarlierBoots(directory, "this"), [{
      boot_id: "first",
      points: [
        { after_seconds: 0, used_bytes: 1000 * 1024 },
        { after_seconds: 60, used_bytes: 1001 * 1024 },
        { after_seconds: 300, used_bytes: 1005 * 1024 },
      ],
    }]);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
