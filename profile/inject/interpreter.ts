/** What of an interpreter is needed to run a piece of code at its next safe point. All of it is C that it exports. */
export interface Interpreter {
  name: "Python" | "Ruby";
  /** Of its source files, without the dot. */
  extension: string;
  /** C type and name of the function that queues a call; it must be fit for a signal handler. */
  queue: { type: string; symbol: string };
  /** Arguments of `queue`, given gdb's `$run` (the function to be called) and `$page` (its argument). */
  queue_arguments: string;
  /** What `queue` returns where it did. */
  queued: number;
  /** The function that runs a C string as source. */
  run: string;
  /** The source that is run: it must load the file, and be silent where that is missing or fails. ASCII, no quotes `"`. */
  loader(file: string): string;
  /** The whole file: `code`, which defines what is called with `setup` (a literal of the language), and the answer's writer. */
  script(code: string, setup: Readonly<Record<string, string | number>>): string;
  /** Counts live objects by type. */
  count_types: string;
  /** Note where objects are allocated; read and stop; stop alone, the undo. */
  trace: { start: string; read: string; stop: string };
  /** Whether a type is the language's own. */
  isLibraryType(name: string): boolean;
  /** What stays in the target. */
  left_behind: { always: string[]; after_trace: string[] };
}
