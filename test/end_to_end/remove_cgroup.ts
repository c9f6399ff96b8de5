/** Removes a cgroup; the kernel lets go of its last task a moment after that is gone. */
export async function removeCgroup(path: string): Promise<void> {
  for (let tries = 0;; tries++) {
    try {
      return Deno.removeSync(path);
    } catch (error) {
      if (tries >= 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
