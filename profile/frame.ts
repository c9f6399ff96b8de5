/** One frame of a stack as text: `function file:line`, `function (library)`, or the function alone. Pure. */

export interface Frame {
  name: string;
  file: string | null;
  line: number | null;
}

/** Joins what is known of a frame. */
export function formatFrame({ name, file, line }: Frame): string {
  if (file === null) return name;
  return line === null ? `${name} (${file})` : `${name} ${file}:${line}`;
}

/** The parts of a frame that formatFrame made; whatever does not look so is a name. */
export function parseFrame(frame: string): Frame {
  const at = /^(.*) (\S+):(\d+)$/s.exec(frame);
  if (at !== null) return { name: at[1]!, file: at[2]!, line: Number(at[3]) };
  const inFile = /^(.*) \((\S+)\)$/s.exec(frame);
  return inFile === null
    ? { name: frame, file: null, line: null }
    : { name: inFile[1]!, file: inFile[2]!, line: null };
}
