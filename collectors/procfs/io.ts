/** Bytes that a process made the storage read and write, from a text of /proc/PID/io; null where a line is missing. */
export function parseProcessIo(text: string): { read_bytes: number | null; written_bytes: number | null } {
  return { read_bytes: lineValue(text, "read_bytes"), written_bytes: lineValue(text, "write_bytes") };
}

function lineValue(text: string, key: string): number | null {
  const value = new RegExp(`^${key}: (\\d+)$`, "m").exec(text)?.[1];
  return value === undefined ? null : Number(value);
}
