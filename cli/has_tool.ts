/** Where administrators' tools lie, even where a user's PATH leaves them out. */
const SYSTEM_DIRECTORIES = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** Whether commands are installed here, each looked up once. */
export function toolLookup(path = Deno.env.get("PATH") ?? ""): (name: string) => boolean {
  const directories = [...new Set([...path.split(":"), ...SYSTEM_DIRECTORIES])].filter((each) =>
    each.startsWith("/")
  );
  const known = new Map<string, boolean>();
  return (name) => {
    let found = known.get(name);
    if (found === undefined) {
      known.set(
        name,
        found = directories.some((each) => isExecutable(`${each}/${name}`)),
      );
    }
    return found;
  };
}

function isExecutable(path: string): boolean {
  try {
    const { isFile, mode } = Deno.statSync(path);
    return isFile && ((mode ?? 0) & 0o111) !== 0;
  } catch {
    return false;
  }
}
