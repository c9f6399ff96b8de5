/** The container image of a release, loaded and run by real engines: read-only, with two capabilities, it sees the host. */

import assert from "node:assert/strict";
import { fetchPackages, type ImageParts, makeImage } from "../../scripts/image.ts";
import { requires } from "../requires.ts";
import { lab, LAB_PARTS } from "./container_lab.ts";

const NAME = "localhost/leakwatch:1.2.3";
const AS_DOCUMENTED = [
  ...["run", "--rm", "--pid=host", "--network=host", "--read-only", "--cap-drop=ALL"],
  ...["--cap-add=SYS_PTRACE", "--cap-add=DAC_READ_SEARCH", "-v", "/sys:/host/sys:ro", NAME],
];

Deno.test({
  ...requires("image: podman and docker load it, and it sees the host", ...LAB_PARTS, "dpkg-deb", "binary"),
  fn: async () => {
    const directory = Deno.makeTempDirSync();
    try {
      const file = await image(directory);
      await lab(["up", "podman", "docker"]);
      for (const engine of ["podman", "docker"]) {
        const call = (...args: string[]) => lab(["engine", engine, ...args]);
        assert.match(await call("load", "-i", file), new RegExp(`Loaded image.*: ${NAME}`));
        assert.match(await call(...AS_DOCUMENTED, "--version"), /^leakwatch \d/);
        const text = await call(
          ...AS_DOCUMENTED,
          ..."analyze -d 0 --format json --sys-root /host/sys --top 0".split(" "),
        );
        const { processes, containers } = JSON.parse(text);
        const pids = processes.map(({ pid }: { pid: number }) => pid);
        assert.ok(pids.includes(1) && pids.includes(Deno.pid), `${engine}: not the host's processes`);
        assert.ok(containers.length > 0, `${engine}: no containers`);
        await call("rmi", NAME);
      }
    } finally {
      await lab(["down"]);
      Deno.removeSync(directory, { recursive: true });
    }
  },
});

/** The image of the binary that CI names. */
async function image(directory: string): Promise<string> {
  const packages = `${directory}/packages`;
  const architecture = Deno.build.arch === "x86_64" ? "amd64" : "arm64";
  await fetchPackages(architecture, packages);
  const program = await programOf(Deno.realPathSync(Deno.env.get("LEAKWATCH_BINARY")!), directory);
  return await makeImage(
    { version: "1.2.3", architecture, program, packages, epoch: 1_780_000_000 },
    directory,
  );
}

/** A compiled file as it is; a self-extracting one as what it unpacks. */
async function programOf(binary: string, directory: string): Promise<ImageParts["program"]> {
  const executable = Deno.readFileSync(binary);
  if (executable[0] === 0x7f) return { executable };
  const env = { CACHE_DIRECTORY: `${directory}/cache` };
  await new Deno.Command(binary, { args: ["--version"], env }).output();
  const cache = `${env.CACHE_DIRECTORY}/leakwatch-${Deno.uid()}`;
  const [unpacked] = [...Deno.readDirSync(cache)].filter(({ name }) => name !== "deno");
  const home = `${cache}/${unpacked!.name}`;
  return { runtime: Deno.readFileSync(`${home}/leakwatch`), modules: `${home}/program` };
}
