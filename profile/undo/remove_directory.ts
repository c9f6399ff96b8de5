/** { path }: removes a directory that leakwatch made. Missing is fine. */
export function removeDirectory({ path }: Record<string, unknown>): string | null {
  // The step travels through a pipe: nothing but what leakwatch itself makes may be removed by it.
  if (
    typeof path !== "string" || !/^\/[^\0]*\/leakwatch-profile-[\w.-]+$/.test(path) || path.includes("/../")
  ) {
    return `refused to remove ${String(path)}`;
  }
  try {
    if (!Deno.lstatSync(path).isDirectory) return `${path} is not a directory`;
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return null;
}
