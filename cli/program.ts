/** The command line: one definition, from which help, completions and the manual page are made. */
export function run(_argv: string[]): Promise<number> {
  return Promise.resolve(0);
}
