/** Recorded answers of real programs, beside this file. */
export function sample(name: string): string {
  return Deno.readTextFileSync(new URL(`samples/${name}`, import.meta.url));
}
