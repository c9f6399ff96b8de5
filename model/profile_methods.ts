/** Names of the methods of `leakwatch profile` that do something to the process: what a rules file may allow for a program. */

/** By the short name that a rules file may use, too: `histogram` for `jvm-histogram`. */
const INTRUSIVE_METHODS: Readonly<Record<string, string>> = {
  "sampling": "inspector-sampling",
  "snapshot": "heap-snapshot",
  "old-objects": "jvm-old-objects",
  "histogram": "jvm-histogram",
  "native-memory": "jvm-native-memory",
  "class-loaders": "jvm-class-loaders",
  "malloc": "perf-malloc",
  "types": "python-types",
  "tracemalloc": "python-tracemalloc",
  "heap-gc": "go-heap-gc",
  "ruby-types": "ruby-types",
  "ruby-allocations": "ruby-allocations",
  "gcdump": "dotnet-gcdump",
  "cold": "cold-memory",
};

/** Short and full names: the valid words. */
export const METHOD_WORDS: readonly string[] = [
  ...new Set([...Object.keys(INTRUSIVE_METHODS), ...Object.values(INTRUSIVE_METHODS)]),
];

/** The full name of a valid word. */
export const methodNamed = (word: string): string => INTRUSIVE_METHODS[word] ?? word;

/** Words for a runtime, beside a program's own name: `profile: { java: [histogram] }`. */
const RUNTIME_WORDS: Readonly<Record<string, string>> = { java: "jvm" };

/** Methods that a rules file allows for a program, told by its name or its runtime; none where it names neither. */
export function allowedMethods(
  allowed: Readonly<Record<string, readonly string[]>>,
  program: { name: string; runtime: string | null },
): string[] {
  const methods = Object.entries(allowed).flatMap(([word, methods]) =>
    word === program.name || (RUNTIME_WORDS[word] ?? word) === program.runtime ? methods : []
  );
  return [...new Set(methods)];
}
