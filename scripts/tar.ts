/** A folder as a tar archive that does not depend on when, where and by whom it is made. Needs tar. */
export async function tarOf(folder: string, epoch: number, ...options: string[]): Promise<Uint8Array> {
  const order = ["--sort=name", "--format=ustar", `--mtime=@${epoch}`];
  const owner = ["--owner=0", "--group=0", "--numeric-owner"];
  const { success, stdout, stderr } = await new Deno.Command("tar", {
    args: [...order, ...owner, ...options, "-C", folder, "-c", "."],
    env: { LC_ALL: "C" },
  }).output();
  if (!success) throw new Error(`tar failed: ${new TextDecoder().decode(stderr).trim()}`);
  return stdout;
}
