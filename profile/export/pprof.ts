/**
 * The pprof format (github.com/google/pprof, proto/profile.proto), gzipped, which `go tool pprof`, speedscope, Pyroscope and
 * Grafana open. Pure but for the compression.
 */

import { gzipSync } from "node:zlib";
import {
  Function as PprofFunction,
  Line,
  Location,
  Profile as Pprof,
  Sample,
  StringTable,
  ValueType,
} from "pprof-format";
import { parseFrame } from "../frame.ts";
import type { Profile } from "../profile.ts";

/**
 * The best result as `inuse_space` and `inuse_objects`, which are pprof's names for what is alive; other results cannot
 * stand in the same file without being added up.
 */
export function encodePprof(profile: Profile): Uint8Array {
  const result = profile.results.find(({ sites }) => sites.length > 0) ?? profile.results[0]!;
  const stringTable = new StringTable();
  const functions: PprofFunction[] = [];
  const locations: Location[] = [];
  const ids = new Map<string, number>();
  const locationOf = (frame: string): number => {
    let id = ids.get(frame);
    if (id === undefined) {
      id = locations.length + 1;
      const { name, file, line } = parseFrame(frame);
      const title = stringTable.dedup(name);
      functions.push(
        new PprofFunction({
          id,
          name: title,
          systemName: title,
          filename: stringTable.dedup(file ?? ""),
          startLine: 0,
        }),
      );
      locations.push(
        new Location({ id, mappingId: 0, address: 0, line: [new Line({ functionId: id, line: line ?? 0 })] }),
      );
      ids.set(frame, id);
    }
    return id;
  };
  const sample = result.sites.map((site) =>
    new Sample({
      locationId: [...(site.type === null ? [] : [site.type]), ...site.stack].map(locationOf),
      value: [site.count ?? 0, site.live_bytes ?? 0],
    })
  );
  const valueType = (type: string, unit: string) =>
    new ValueType({ type: stringTable.dedup(type), unit: stringTable.dedup(unit) });
  const encoded = new Pprof({
    sampleType: [valueType("inuse_objects", "count"), valueType("inuse_space", "bytes")],
    sample,
    location: locations,
    function: functions,
    stringTable,
    timeNanos: BigInt(Date.parse(profile.started_at)) * 1_000_000n,
    durationNanos: BigInt(Math.round(result.seconds * 1e9)),
    periodType: valueType("space", "bytes"),
    period: 1,
    defaultSampleType: stringTable.dedup("inuse_space"),
    comment: [
      stringTable.dedup(`leakwatch ${result.method} of process ${profile.process.pid}: ${result.meaning}`),
    ],
  }).encode();
  return gzipSync(encoded);
}
