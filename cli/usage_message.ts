/** What commander says of wrong usage, in the form of our other errors: what, where, what to do. Pure. */

const REWRITTEN: readonly (readonly [RegExp, string])[] = [
  [/^option '(?:-\w, )?(--[\w-]+)[^']*' argument '([^]*)' is invalid\. /, "$1 $2: "],
  [/^command-argument value '([^]*)' is invalid for argument '([\w-]+)'\. /, "$2 $1: "],
  [/: Allowed choices are ([^]*)\.$/, ": choose one of $1"],
  [/^option '(?:-\w, )?(--[\w-]+) ([^']+)' argument missing$/, "$1 needs $2"],
  [/^missing required argument '([\w-]+)'$/, "missing argument <$1>"],
  [
    /^too many arguments for '([\w-]+)'\. Expected (\d+) arguments? but got (\d+): [^]*\.$/,
    "too many arguments for $1: expected $2, got $3",
  ],
  [/^(unknown command '[^']*')$/, "$1; see leakwatch --help"],
];

/** `--duration soon: write a duration such as 90s, 15m or 2h`, on one line. */
export function usageMessage(message: string): string {
  const line = message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ");
  return REWRITTEN.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), line);
}
