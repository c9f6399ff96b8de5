/**
 * Prometheus' remote write 1.0: a WriteRequest in protobuf (prometheus/prompb/remote.proto, types.proto), compressed by snappy's block format
 * (https://prometheus.io/docs/specs/prw/remote_write_spec/). Pure.
 */

import { PbfWriter } from "pbf";
import { compress } from "snappyjs";

export interface SampledSeries {
  /** With `__name__`. */
  labels: Readonly<Record<string, string>>;
  /** null ends the series: a marker of staleness, so that it does not seem to last for five more minutes. */
  value: number | null;
}

/** Field numbers of prompb. */
const TIMESERIES = 1, LABELS = 1, SAMPLES = 2, NAME = 1, VALUE = 2, SAMPLE_VALUE = 1, TIMESTAMP = 2;
/** The NaN that Prometheus takes for the end of a series (model/value/value.go, StaleNaN); a Number would lose its bits. */
const STALE_LOW = 2, STALE_HIGH = 0x7ff00000;
const WIRE_FIXED64 = 1;

/** One request that holds all series at one time. Empty labels are left out: to Prometheus they are the same as none. */
export function encodeWriteRequest(
  series: readonly SampledSeries[],
  milliseconds: number,
): Uint8Array<ArrayBuffer> {
  const writer = new PbfWriter();
  for (const each of series) {
    writer.writeMessage(TIMESERIES, (one) => writeSeries(each, milliseconds, one), writer);
  }
  return new Uint8Array(compress(writer.finish()));
}

function writeSeries({ labels, value }: SampledSeries, milliseconds: number, writer: PbfWriter): void {
  // The specification wants them in order of name.
  for (const name of Object.keys(labels).sort()) {
    if (labels[name] === "") continue;
    writer.writeMessage(LABELS, (text) => {
      writer.writeStringField(NAME, name);
      writer.writeStringField(VALUE, text);
    }, labels[name]!);
  }
  writer.writeMessage(SAMPLES, () => {
    if (value === null) {
      writer.writeTag(SAMPLE_VALUE, WIRE_FIXED64);
      writer.writeFixed32(STALE_LOW);
      writer.writeFixed32(STALE_HIGH);
    } else writer.writeDoubleField(SAMPLE_VALUE, value);
    writer.writeVarintField(TIMESTAMP, milliseconds);
  }, null);
}
