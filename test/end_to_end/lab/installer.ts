/** The installer and the binary that CI names, in a folder of their own as a user would unpack them; bound at /mnt. */

import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** Gives the test the option that binds the folder, and removes the folder. */
export async function withInstaller(test: (bind: string) => Promise<void>): Promise<void> {
  const directory = Deno.makeTempDirSync();
  try {
    const binary = Deno.env.get("LEAKWATCH_BINARY")!;
    Deno.copyFileSync(`${ROOT}install.sh`, `${directory}/install.sh`);
    Deno.copyFileSync(binary, `${directory}/leakwatch`);
    Deno.copyFileSync(`${binary}.sha256`, `${directory}/leakwatch.sha256`);
    await test(`${directory}:/mnt:ro`);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}
