/** One line of /proc/PID/mountinfo (Documentation/filesystems/proc.rst, 3.5). */
export interface Mount {
  /** "major:minor" of the file system: the same for all mounts of one. */
  device: string;
  mount: string;
  type: string;
  super_options: string[];
}

/** Mounts in order; lines that are none are passed over. Never throws. */
export function parseMountinfo(text: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split("\n")) {
    const [before, after] = line.split(" - ");
    const fields = before?.split(" ") ?? [];
    const [type, , options] = after?.split(" ") ?? [];
    if (fields[2] === undefined || fields[4] === undefined || type === undefined) continue;
    mounts.push({
      device: fields[2],
      mount: unescapeMount(fields[4]),
      type,
      super_options: options?.split(",") ?? [],
    });
  }
  return mounts;
}

/** Blank, tab, newline and backslash are written as octal (seq_path). */
export function unescapeMount(text: string): string {
  return text.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
