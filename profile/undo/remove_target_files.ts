import { isSame } from "../target.ts";
import { TargetDirectory } from "../target_directory.ts";

/**
 * { pid, start_ticks, proc, same_mnt, files }: removes files that leakwatch or the target made for it in the target's /tmp.
 * Missing is fine. Where the target has ended, its /tmp is reached only if it was leakwatch's own too.
 */
export function removeTargetFiles(step: Record<string, unknown>): string | null {
  const { pid, start_ticks, proc, same_mnt, files } = step as {
    pid: number;
    start_ticks: number;
    proc: string;
    same_mnt: boolean;
    files: string[];
  };
  const strange = files.find((file) => !/^leakwatch-profile-[\w.-]+$/.test(file));
  if (strange !== undefined) return `refused to remove ${strange}`;
  const is_alive = isSame({ pid, start_ticks, proc });
  if (!is_alive && !same_mnt) {
    return `${files[0]} in /tmp of the container of process ${pid}, which has ended`;
  }
  using tmp = new TargetDirectory({ pid: is_alive ? pid : Deno.pid, proc }, "/tmp");
  for (const file of files) tmp.remove(file);
  return null;
}
