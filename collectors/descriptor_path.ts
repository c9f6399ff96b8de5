/** The name by which the kernel reaches what a descriptor of node:fs stands for, whatever has become of its own name. */

import fs from "node:fs";

const OWN = "/proc/self/fd";

/**
 * `/proc/self/fd/N` of an open descriptor. N need not be the number that node:fs gave: Deno before 2.7, which some builds of
 * leakwatch rest on, has numbers of its own for open files. So the kernel's is asked for its identity, and looked for where it is
 * another file's. Ask anew for each use, since any of our descriptors of the same file may be found. Throws where there is none.
 */
export function descriptorPath(descriptor: number): string {
  const wanted = fs.fstatSync(descriptor, { bigint: true });
  const isSame = (path: string) => {
    try {
      const found = fs.statSync(path, { bigint: true });
      return found.ino === wanted.ino && found.dev === wanted.dev;
    } catch {
      return false;
    }
  };
  const usual = `${OWN}/${descriptor}`;
  if (isSame(usual)) return usual;
  const path = fs.readdirSync(OWN).map((name) => `${OWN}/${name}`).find(isSame);
  if (path === undefined) throw new Error(`No descriptor of this process is that of handle ${descriptor}`);
  return path;
}
