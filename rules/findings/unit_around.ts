/** Of things by cgroup, the one of the innermost unit that holds this cgroup. */
export function unitAround<T>(cgroup: string | null, units: ReadonlyMap<string, T>): T | undefined {
  for (let path = cgroup ?? ""; path !== ""; path = path.slice(0, path.lastIndexOf("/"))) {
    const unit = units.get(path);
    if (unit !== undefined) return unit;
  }
  return undefined;
}
