/** A JSON object, as a stranger sent it. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** JSON in ASCII without "#", which begins a substitution in Ruby's strings: a literal of Python and of Ruby too. */
export function asciiJson(value: Readonly<Record<string, string | number>>): string {
  return JSON.stringify(value).replace(
    /[#\u007f-\uffff]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
