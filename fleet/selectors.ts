/** PromQL pieces: matchers of the user and of a shard, put together into one selector. */

/** `{a="b"}` or `a="b"` → the matchers between the braces, as text; the server checks their syntax. */
export const matchersOf = (select: string | null): string =>
  (select ?? "").trim().replace(/^\{/, "").replace(/\}$/, "").replace(/,\s*$/, "").trim();

/** Splits matchers at the commas that stand outside of quotes. */
export function splitMatchers(matchers: string): string[] {
  const parts = matchers.match(/(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|[^,"'`])+/g) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

/** Labels that kube-state-metrics has too, so that a selection by them may be asked of it. */
const SHARED_LABELS = /^(cluster|region|namespace)\s*(=~|!~|!=|=)/;

/** Those of the user's matchers that may be asked of kube-state-metrics. */
export const sharedMatchers = (select: string | null): string[] =>
  splitMatchers(matchersOf(select)).filter((matcher) => SHARED_LABELS.test(matcher));

/** `name{a="b",c="d"}`. */
export function selector(name: string, ...matchers: readonly (string | readonly string[])[]): string {
  const all = matchers.flat().filter((matcher) => matcher !== "");
  return all.length === 0 ? name : `${name}{${all.join(",")}}`;
}

/** A label value as PromQL writes it. */
export const quoted = (value: string): string =>
  `"${value.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n").replace(/\r/g, "\\r")}"`;

/** A label that has one of these values. */
export function oneOf(label: string, values: readonly string[]): string {
  if (values.length === 1) return `${label}=${quoted(values[0]!)}`;
  return `${label}=~${quoted(values.map(escapeRegExp).join("|"))}`;
}

/** RE2, which both engines use. */
const escapeRegExp = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&");

/** Seconds as PromQL writes them. */
export const seconds = (value: number): string => `${Math.round(value)}s`;
