/**
 * The container image as an archive, made without a builder, a registry or a daemon: glibc from Debian's packages, the
 * executable, and the configuration that deploy/Containerfile states.
 *
 * The archive is an OCI image layout (opencontainers/image-spec) that holds Docker's manifest.json, too, so that
 * `podman load`, `docker load`, `skopeo` and `ctr image import` all take it. The same inputs give the same bytes.
 */

import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { parseContainerfile } from "./image_config.ts";
import { sha256 } from "./self_extracting.ts";
import { tarOf } from "./tar.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** What the runtime is linked to. */
const PACKAGES = ["libc6", "libgcc-s1"];
/** The self-extracting form is unpacked here, so that a container needs no writable folder; the script that starts it needs a shell. */
const SHELL_PACKAGES = ["busybox-static"];
/** Parts of libc6 that nothing here reads. */
const UNUSED = ["usr/share/lintian", "usr/share/locale", "usr/lib/*/gconv", "etc"];

/** What engines mount over, and the places that deploy/Containerfile's command names. */
const FOLDERS = ["etc/leakwatch", "proc", "sys", "host/sys", "run", "tmp", "var/log/memory-monitor"];

export interface ImageParts {
  version: string;
  /** Debian's name, which is OCI's, too: amd64, arm64. */
  architecture: string;
  /** A compiled executable, or the runtime of a self-extracting one and the folder of its modules. */
  program: { executable: Uint8Array } | { runtime: Uint8Array; modules: string };
  /** Folder of Debian packages that fetchPackages filled. */
  packages: string;
  /** Seconds since 1970 of the sources; all files get this time. */
  epoch: number;
}

interface Blob {
  bytes: Uint8Array;
  mediaType: string;
  digest: string;
}

/** Downloads what the image is made of into a folder. Needs apt-get; throws Error where that fails. */
export async function fetchPackages(architecture: string, folder: string): Promise<void> {
  await run(`${ROOT}scripts/debian_packages.sh`, architecture, folder, ...PACKAGES, ...SHELL_PACKAGES);
}

/** Writes leakwatch-VERSION-linux-ARCHITECTURE.oci.tar into the directory; its path. Needs dpkg-deb and tar. */
export async function makeImage(parts: ImageParts, directory: string): Promise<string> {
  const work = Deno.makeTempDirSync();
  const umask = Deno.umask(0o022); // modes are part of the archive
  try {
    const base = `${work}/base`, program = `${work}/program`, layout = `${work}/layout`;
    const isScript = "modules" in parts.program;
    const names = isScript ? [...PACKAGES, ...SHELL_PACKAGES] : PACKAGES;
    const packages = await unpackPackages(parts.packages, names, base);
    if (isScript) Deno.symlinkSync("busybox", `${base}/bin/sh`);
    const config = parseContainerfile(Deno.readTextFileSync(`${ROOT}deploy/Containerfile`));
    writeProgram(parts.program, program, config.Entrypoint[0]!);
    const layers = [await tarOf(base, parts.epoch), await tarOf(program, parts.epoch)];
    const created = new Date(parts.epoch * 1000).toISOString();
    config.Labels["org.opencontainers.image.version"] = parts.version;
    config.Labels["org.opencontainers.image.created"] = created;
    const image = {
      created,
      architecture: parts.architecture,
      os: "linux",
      config,
      rootfs: { type: "layers", diff_ids: layers.map((layer) => `sha256:${sha256(layer)}`) },
      history: [
        { created, created_by: `Debian packages: ${packages.join(", ")}` },
        { created, created_by: `leakwatch ${parts.version}` },
      ],
    };
    writeLayout(layout, image, layers, parts.version);
    const output = `${directory}/leakwatch-${parts.version}-linux-${parts.architecture}.oci.tar`;
    Deno.writeFileSync(output, await tarOf(layout, parts.epoch));
    return output;
  } finally {
    Deno.umask(umask);
    Deno.removeSync(work, { recursive: true });
  }
}

/**
 * Unpacks packages below a folder; "libc6 2.36-9+deb12u14" of each. Their control files go to var/lib/dpkg/status.d, where
 * vulnerability scanners look in images that have no dpkg.
 */
async function unpackPackages(debs: string, names: string[], base: string): Promise<string[]> {
  const versions: string[] = [];
  for (const name of names) {
    const file = [...Deno.readDirSync(debs)].find((entry) => entry.name.startsWith(`${name}_`));
    if (!file) throw new Error(`no package ${name} in ${debs}`);
    await run("dpkg-deb", "--extract", `${debs}/${file.name}`, base);
    const control = await run("dpkg-deb", "--field", `${debs}/${file.name}`);
    Deno.mkdirSync(`${base}/var/lib/dpkg/status.d`, { recursive: true });
    Deno.writeTextFileSync(`${base}/var/lib/dpkg/status.d/${name}`, control);
    versions.push(`${name} ${/^Version: (.*)$/m.exec(control)?.[1]}`);
  }
  await inFolder(base, `rm -rf ${UNUSED.join(" ")}`);
  for (const folder of FOLDERS) Deno.mkdirSync(`${base}/${folder}`, { recursive: true });
  await inFolder(base, "chmod -R u=rwX,go=rX . && chmod 1777 tmp && chmod 750 var/log/memory-monitor");
  Deno.writeTextFileSync(`${base}/etc/passwd`, "root:x:0:0:root:/tmp:/sbin/nologin\n");
  Deno.writeTextFileSync(`${base}/etc/group`, "root:x:0:\n");
  return versions;
}

function writeProgram(program: ImageParts["program"], root: string, entry: string): void {
  if ("executable" in program) return write(root + entry, program.executable, 0o755);
  write(`${root}/usr/lib/leakwatch/leakwatch`, program.runtime, 0o755);
  for (const { name } of Deno.readDirSync(program.modules)) {
    write(
      `${root}/usr/lib/leakwatch/program/${name}`,
      Deno.readFileSync(`${program.modules}/${name}`),
      0o644,
    );
  }
  write(root + entry, new TextEncoder().encode(starter(entry)), 0o755);
}

/** As the last lines of self_extracting.sh, without the unpacking. */
const starter = (entry: string): string =>
  `#!/bin/sh
trap '' USR1
export LEAKWATCH_EXECUTABLE=${entry} DENO_DIR=/tmp/leakwatch-deno DENO_NO_UPDATE_CHECK=1
exec /usr/lib/leakwatch/leakwatch run --quiet --allow-all --no-config --no-lock --no-remote --no-npm --no-prompt \\
  --unstable-net /usr/lib/leakwatch/program/main.js "$@"
`;

function writeLayout(root: string, image: unknown, layers: readonly Uint8Array[], version: string): void {
  const blobs: Record<string, Blob> = {};
  const add = (bytes: Uint8Array, mediaType: string) =>
    blobs[sha256(bytes)] = { bytes, mediaType, digest: sha256(bytes) };
  const describe = ({ bytes, mediaType, digest }: Blob) => ({
    mediaType,
    digest: `sha256:${digest}`,
    size: bytes.length,
  });
  const kind = "application/vnd.oci.image";
  const config = add(json(image), `${kind}.config.v1+json`);
  const packed = layers.map((layer) => add(gzipSync(layer), `${kind}.layer.v1.tar+gzip`));
  const manifest = add(
    json({
      schemaVersion: 2,
      mediaType: `${kind}.manifest.v1+json`,
      config: describe(config),
      layers: packed.map(describe),
    }),
    `${kind}.manifest.v1+json`,
  );
  for (const { bytes, digest } of Object.values(blobs)) write(`${root}/blobs/sha256/${digest}`, bytes, 0o644);
  const name = `localhost/leakwatch:${version}`;
  const annotations = {
    "org.opencontainers.image.ref.name": version,
    "io.containerd.image.name": name,
  };
  const index = {
    schemaVersion: 2,
    mediaType: `${kind}.index.v1+json`,
    manifests: [{ ...describe(manifest), annotations }],
  };
  write(`${root}/index.json`, json(index), 0o644);
  write(`${root}/oci-layout`, json({ imageLayoutVersion: "1.0.0" }), 0o644);
  const docker = {
    Config: `blobs/sha256/${config.digest}`,
    RepoTags: [name],
    Layers: packed.map(({ digest }) => `blobs/sha256/${digest}`),
  };
  write(`${root}/manifest.json`, json([docker]), 0o644);
}

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

function write(path: string, content: Uint8Array, mode: number): void {
  Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  Deno.writeFileSync(path, content);
  Deno.chmodSync(path, mode);
}

function inFolder(folder: string, line: string): Promise<string> {
  return run("sh", "-c", `cd "$0" && ${line}`, folder);
}

async function run(command: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args }).output();
  if (!success) throw new Error(`${command} failed: ${new TextDecoder().decode(stderr).trim()}`);
  return new TextDecoder().decode(stdout);
}
