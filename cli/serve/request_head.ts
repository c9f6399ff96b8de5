/** The head of an HTTP/1.1 request (RFC 9112), strictly: what two readers could understand in two ways is refused. Pure. */

export const HEAD_END = "\r\n\r\n";
export const MAX_HEAD_BYTES = 16 * 1024;
const MAX_HEADERS = 100;

export interface RequestHead {
  method: string;
  /** Begins with one slash. */
  target: string;
  host: string;
  headers: [string, string][];
  body_bytes: number;
}

const REQUEST_LINE = /^([A-Z]{3,10}) (\/(?!\/)[\x21-\x7e]*) HTTP\/1\.[01]$/;
/** A token, and a value without controls; no folded lines. */
const HEADER =
  /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*((?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?)[ \t]*$/;
const LENGTH = /^\d{1,9}$/;

/** What stands before the empty line; null where it is refused. */
export function parseRequestHead(text: string): RequestHead | null {
  const [first = "", ...lines] = text.split("\r\n");
  const line = REQUEST_LINE.exec(first);
  if (!line || lines.length > MAX_HEADERS) return null;
  const headers: [string, string][] = [];
  for (const each of lines) {
    const header = HEADER.exec(each);
    if (!header) return null;
    headers.push([header[1]!.toLowerCase(), header[2]!]);
  }
  const all = (name: string) => headers.flatMap(([own, value]) => own === name ? [value] : []);
  const hosts = all("host"), lengths = all("content-length");
  if (hosts.length !== 1 || !/^[^\s\/\\@?#]+$/.test(hosts[0]!)) return null;
  if (all("transfer-encoding").length > 0 || lengths.length > 1) return null;
  if (lengths.length === 1 && !LENGTH.test(lengths[0]!)) return null;
  return {
    method: line[1]!,
    target: line[2]!,
    host: hosts[0]!,
    headers: headers.filter(([name]) => name !== "connection" && name !== "expect"),
    body_bytes: Number(lengths[0] ?? 0),
  };
}
