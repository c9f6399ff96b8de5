/** docs/first-leak.md as what a reader types and what they should see. Pure. */

export interface Typed {
  command: string;
  /** As the document shows it; a line `…` stands for what is left out. */
  output: string[];
}

/** The commands of the ```console blocks below the headings that `wanted` accepts, in their order. */
export function commandsOf(markdown: string, wanted: (heading: string) => boolean): Typed[] {
  const typed: Typed[] = [];
  let heading = "", isConsole = false;
  for (const line of markdown.split("\n")) {
    if (line.startsWith("```")) isConsole = line === "```console";
    else if (!isConsole && line.startsWith("## ")) heading = line.slice(3);
    else if (!isConsole || !wanted(heading)) continue;
    else if (line.startsWith("$ ")) typed.push({ command: line.slice(2), output: [] });
    else typed.at(-1)!.output.push(line);
  }
  return typed;
}

/**
 * What must be the same in the reader's output, whatever the numbers: headings, places in the examples' sources, and the
 * names that these declare.
 */
export function factsOf(output: readonly string[], names: ReadonlySet<string>): string[] {
  const text = output.join("\n");
  const headings = [...text.matchAll(/^[A-Z]{4,}(?:[ -][A-Z]{2,})*(?= |$)/gm)].map(([heading]) => heading);
  const places = [...text.matchAll(/[\w.]+\.(?:py|mjs|java|c):\d+/g)].map(([place]) => place);
  const words = (text.match(/\w+/g) ?? []).filter((word) => names.has(word));
  return [...new Set([...headings, ...places, ...words])];
}

/** Functions, classes and variables that a source declares. */
export function namesIn(source: string): string[] {
  const declared =
    /\b(?:def|class|function|const|static(?: final)?(?: [\w<>, ]+)?) \**(\w{4,})|^(\w{4,}) = /gm;
  return [...source.matchAll(declared)].map((match) => match[1] ?? match[2]!);
}

/** Which of these processes a report names as growing or leaking. */
export function accused(report: string, pids: readonly number[]): number[] {
  return pids.filter((pid) => new RegExp(`^(?:LEAK|GROWING|rising) .*\\(${pid}\\)`, "m").test(report));
}
