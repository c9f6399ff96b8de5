/** Reads recorded data for `analyze --from` column by column: any CSV with a time column, a directory of such, our own logs. */

import type { RecordedSeries } from "../model/recorded_series.ts";
import { chunksOfRecording, UnpackError } from "./file_chunks.ts";
import { parseFileName } from "./session_names.ts";
import { parseSeries, SeriesFormatError } from "./series_table.ts";

/** A file that was left out, and why. */
export interface SkippedFile {
  source: string;
  why: string;
}

/** What one file, with its rotated segments, holds. */
export interface RecordedFile {
  source: string;
  series: RecordedSeries[];
  skipped: SkippedFile | null;
}

/** Rotated segments: NAME.2.gz is older than NAME.1.gz, which is older than NAME. */
const SEGMENT = /^(?<base>.+?)\.(?<age>\d+)(\.gz)?$/;
/** A log of a session of ours that is larger than this is not taken apart; gzip makes one about so much smaller. */
const MAX_LOG_BYTES = 32 * 1024 ** 2, GZIP_RATIO = 8;
const TABLE = /\.(csv|log|tsv)(\.\d+)?(\.gz)?$/i;

/**
 * Reads the recorded data under a path, file by file.
 * @param path a CSV file, a directory, or the common part of a session's names (`…/memory_monitor_20260102_030405`)
 * @throws SeriesFormatError naming file and line where a named file is malformed; in a directory, files that are no
 * tables are skipped and said so
 */
export function* readSeries(path: string): Generator<RecordedFile> {
  const info = statOf(path);
  if (info?.isFile) {
    yield { source: path, series: readTable(path, segmentsOf(path)), skipped: null };
    return;
  }
  const { directory, names } = info?.isDirectory ? tablesIn(path) : sessionFiles(path);
  for (const name of names) {
    const source = `${directory}/${name}`;
    const segments = segmentsOf(source);
    // Its series are classified as the session is replayed.
    if (parseFileName(name) && sizeOf(segments) > MAX_LOG_BYTES) {
      yield {
        source,
        series: [],
        skipped: { source, why: `${source}: is too large for a verdict on each column` },
      };
      continue;
    }
    try {
      yield { source, series: readTable(source, segments), skipped: null };
    } catch (error) {
      if (!(error instanceof SeriesFormatError) || !error.notATable) throw error;
      yield { source, series: [], skipped: { source, why: error.message } };
    }
  }
}

/** A file's segments, oldest first, as one table. */
function readTable(source: string, segments: readonly string[]): RecordedSeries[] {
  return parseSeries(source, segments.map((segment) => ({ name: segment, chunks: () => bytesOf(segment) })));
}

function* bytesOf(path: string): Generator<Uint8Array> {
  try {
    yield* chunksOfRecording(path);
  } catch (error) {
    if (!(error instanceof UnpackError)) throw error;
    throw new SeriesFormatError(
      `${path}: cannot be unpacked (${error.message}); remove it or restore it`,
      false,
    );
  }
}

/** The tables of a directory, each once however many segments it has. */
function tablesIn(directory: string): { directory: string; names: string[] } {
  const names = new Set<string>();
  for (const entry of Deno.readDirSync(directory)) {
    if (!entry.isFile || !TABLE.test(entry.name)) continue;
    const base = SEGMENT.exec(entry.name)?.groups?.base;
    names.add(base !== undefined && TABLE.test(base) ? base : entry.name);
  }
  return { directory: directory.replace(/\/+$/, "") || "/", names: [...names].sort() };
}

/** A session of ours named by the part its files share. */
function sessionFiles(path: string): { directory: string; names: string[] } {
  const cut = path.lastIndexOf("/"), directory = cut < 0 ? "." : path.slice(0, cut) || "/";
  const prefix = path.slice(cut + 1);
  if (prefix !== "" && statOf(directory)?.isDirectory) {
    const names = tablesIn(directory).names.filter((name) => name.startsWith(`${prefix}_`));
    if (names.length) return { directory: directory.replace(/\/+$/, "") || "/", names };
  }
  throw new SeriesFormatError(
    `${path}: there is no such file, directory or session; give a path that exists`,
    false,
  );
}

/** The file itself last, its rotated segments before it, oldest first. */
function segmentsOf(path: string): string[] {
  const cut = path.lastIndexOf("/"), directory = cut < 0 ? "." : path.slice(0, cut) || "/";
  const name = path.slice(cut + 1), older: { age: number; path: string }[] = [];
  for (const entry of Deno.readDirSync(directory)) {
    if (!entry.isFile || !entry.name.startsWith(`${name}.`)) continue;
    const match = SEGMENT.exec(entry.name);
    if (match?.groups?.base === name) {
      older.push({
        age: Number(match.groups.age),
        path: cut < 0 ? entry.name : `${directory}/${entry.name}`,
      });
    }
  }
  const segments = older.sort((a, b) => b.age - a.age).map((segment) => segment.path);
  return statOf(path) ? [...segments, path] : segments;
}

const sizeOf = (segments: readonly string[]): number =>
  segments.reduce(
    (sum, path) => sum + (path.endsWith(".gz") ? GZIP_RATIO : 1) * (statOf(path)?.size ?? 0),
    0,
  );

function statOf(path: string): Deno.FileInfo | null {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
