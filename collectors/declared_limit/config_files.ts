/** The three shapes that configuration files of these programs have. Pure: files come through the given functions. */

import type { DeclaringProcess, Setting } from "./declaring_process.ts";

type Files = Pick<DeclaringProcess, "readFile" | "listDirectory">;

/** Longer lines are cut: what is read here is hostile, and a pattern may take the square of a line's length. */
const MAX_LINE = 1024;

/** Files that include others do so a few times; a file that includes itself must end. */
const MAX_FILES = 100;

/**
 * Last value of `name VALUE` (redis, squid, named, unbound …) in a file and in those it includes by `include PATH`; a path
 * may end in a pattern with `*`. Comments begin with #; a final semicolon and quotes are dropped.
 */
export function directive(files: Files, path: string, name: string, include = "include"): Setting | null {
  const wanted = name.toLowerCase();
  let found: Setting | null = null;
  eachLine(files, path, include.toLowerCase(), (key, value, source) => {
    if (key.toLowerCase() === wanted) found = { text: value, source };
  });
  return found;
}

function eachLine(
  files: Files,
  path: string,
  include: string,
  visit: (key: string, value: string, source: string) => void,
  opened = { count: 0 },
): void {
  if (++opened.count > MAX_FILES) return;
  for (const line of (files.readFile(path) ?? "").split("\n")) {
    const match = /^\s*([^\s#;{}"']+)\s+(\S.*)$/.exec(line.slice(0, MAX_LINE));
    if (match === null) continue;
    const value = unquoted(withoutSemicolon(match[2]!), ["#", "//"]);
    if (match[1]!.toLowerCase() === include) {
      for (const other of expand(files, beside(path, value))) eachLine(files, other, include, visit, opened);
    } else visit(match[1]!, value, path);
  }
}

/** A path as written in a file: relative to that file's directory. */
export function beside(file: string, path: string): string {
  return path.startsWith("/") ? path : `${file.slice(0, file.lastIndexOf("/") + 1)}${path}`;
}

/** The files that a path with `*` in its last part stands for. */
export function expand({ listDirectory }: Pick<Files, "listDirectory">, path: string): string[] {
  if (!path.includes("*")) return [path];
  const slash = path.lastIndexOf("/");
  const [directory, pattern] = [path.slice(0, slash), path.slice(slash + 1)];
  if (directory.includes("*")) return [];
  const names = (listDirectory(directory) ?? []).filter((name) => matches(name, pattern));
  return names.slice(0, MAX_FILES).map((name) => `${directory}/${name}`);
}

/** Whether a name fits a pattern of text and `*`; a leading dot is not matched by `*`. No regular expression: it is hostile. */
function matches(name: string, pattern: string): boolean {
  const parts = pattern.split("*");
  if (name.startsWith(".") && !pattern.startsWith(".")) return false;
  if (!name.startsWith(parts[0]!)) return false;
  let at = parts[0]!.length;
  for (const part of parts.slice(1, -1)) {
    const next = name.indexOf(part, at);
    if (next < 0) return false;
    at = next + part.length;
  }
  const last = parts.at(-1)!;
  return name.length - last.length >= at && name.endsWith(last);
}

/** One `key = value` line of an INI file, with the [section] it stands in. */
export interface IniLine {
  section: string;
  key: string;
  value: string;
}

/** Lines of an INI file; comments begin with # or ;. `directives` are lines that begin with "!" (my.cnf). */
export function parseIni(text: string): { lines: IniLine[]; directives: string[] } {
  const lines: IniLine[] = [];
  const directives: string[] = [];
  let section = "";
  for (const raw of text.split("\n")) {
    const line = raw.trim().slice(0, MAX_LINE);
    const header = /^\[([^\]]+)\]/.exec(line);
    if (header) section = header[1]!.trim();
    else if (line.startsWith("!")) directives.push(line);
    else if (line !== "" && !/^[#;]/.test(line)) {
      const equals = line.indexOf("=");
      const key = (equals < 0 ? line : line.slice(0, equals)).trim();
      lines.push({ section, key, value: equals < 0 ? "" : unquoted(line.slice(equals + 1)) });
    }
  }
  return { lines, directives };
}

/** A value without its quotes, or without a comment behind it: a mark at its beginning or after white space. */
function unquoted(value: string, marks: readonly string[] = ["#", ";"]): string {
  const text = value.trim();
  const quote = text[0];
  if (quote === '"' || quote === "'") {
    const end = text.indexOf(quote, 1);
    if (end > 0) return text.slice(1, end);
  }
  const at = [...text].findIndex((_, index) =>
    marks.some((mark) => text.startsWith(mark, index)) && (index === 0 || /\s/.test(text[index - 1]!))
  );
  return withoutSemicolon(at < 0 ? text : text.slice(0, at));
}

function withoutSemicolon(value: string): string {
  const text = value.trim();
  return text.endsWith(";") ? text.slice(0, -1).trim() : text;
}

/** Scalar at a path of keys in a YAML file, block style, as etcd and MongoDB write theirs; dotted keys count too. */
export function yamlScalar(text: string, path: readonly string[]): string | null {
  const open: { indent: number; key: string }[] = [];
  const wanted = path.join(".");
  for (const line of text.split("\n")) {
    const match = /^( *)([\w.-]+)\s*:(.*)$/.exec(line.slice(0, MAX_LINE));
    if (match === null) continue;
    const indent = match[1]!.length;
    while (open.length > 0 && open.at(-1)!.indent >= indent) open.pop();
    open.push({ indent, key: match[2]! });
    const value = unquoted(match[3]!);
    if (value !== "" && open.map(({ key }) => key).join(".") === wanted) return value;
  }
  return null;
}
