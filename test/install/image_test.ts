/** The container image, with a script in the program's place; engines load and run it in test/end_to_end/image_test.ts. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { fetchPackages, makeImage } from "../../scripts/image.ts";
import { parseContainerfile } from "../../scripts/image_config.ts";
import { requires } from "../requires.ts";

const CONTAINERFILE = new URL("../../deploy/Containerfile", import.meta.url);
const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("image: the Containerfile's instructions become the image's configuration", () => {
  const config = parseContainerfile(Deno.readTextFileSync(CONTAINERFILE));
  assert.deepEqual(config.Entrypoint, ["/usr/local/bin/leakwatch"]);
  assert.equal(config.Labels["org.opencontainers.image.licenses"], "MIT");
  assert.deepEqual(
    parseContainerfile(
      '# x\nFROM a\nENV A=b\nLABEL c.d="e f"\nEXPOSE 7437\nVOLUME ["/v"]\nUSER 1\nENTRYPOINT ["/p", "q"]\n',
    ),
    {
      Env: ["A=b"],
      Entrypoint: ["/p", "q"],
      Cmd: [],
      Labels: { "c.d": "e f" },
      ExposedPorts: { "7437/tcp": {} },
      Volumes: { "/v": {} },
      User: "1",
    },
  );
});

Deno.test("image: what a builder would do and this does not is an error", () => {
  assert.throws(() => parseContainerfile("RUN apt-get update"), /does not know RUN/);
  assert.throws(() => parseContainerfile("ENTRYPOINT leakwatch"), /as a JSON list/);
  assert.throws(() => parseContainerfile("ENV A b"), /NAME=VALUE/);
});

/** An archive's members by name. Only what `tar --format=ustar` writes of files. */
function membersOf(archive: Uint8Array): Map<string, Uint8Array> {
  const text = (from: number, length: number) =>
    new TextDecoder().decode(archive.subarray(from, from + length)).replace(/\0.*$/s, "");
  const members = new Map<string, Uint8Array>();
  for (let at = 0; at < archive.length && archive[at] !== 0;) {
    const size = parseInt(text(at + 124, 12), 8);
    const prefix = text(at + 345, 155);
    members.set((prefix && prefix + "/") + text(at, 100), archive.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return members;
}

Deno.test({
  ...requires("image: every digest is right, and a second build gives the same bytes", "apt-get", "dpkg-deb"),
  fn: async () => {
    const directory = Deno.makeTempDirSync();
    const parts = {
      version: "1.2.3",
      architecture: "arm64",
      program: { runtime: bytes("runtime"), modules: `${directory}/modules` },
      packages: `${directory}/packages`,
      epoch: 1_780_000_000,
    };
    const umask = Deno.umask(0o077);
    try {
      Deno.mkdirSync(parts.program.modules);
      Deno.writeFileSync(`${parts.program.modules}/main.js`, bytes("program"));
      await fetchPackages(parts.architecture, parts.packages);
      const file = await makeImage(parts, directory);
      assert.equal(file, `${directory}/leakwatch-1.2.3-linux-arm64.oci.tar`);
      const archive = Deno.readFileSync(file);
      Deno.umask(0o022);
      assert.deepEqual(Deno.readFileSync(await makeImage(parts, directory)), archive);

      const members = membersOf(archive);
      const digest = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");
      for (const [name, content] of members) {
        if (/blobs\/sha256\/./.test(name)) assert.equal(name, `./blobs/sha256/${digest(content)}`);
      }
      const blob = ({ digest, size }: { digest: string; size: number }) => {
        const content = members.get(`./blobs/${digest.replace(":", "/")}`)!;
        assert.equal(content.length, size);
        return content;
      };
      const json = (content: Uint8Array) => JSON.parse(new TextDecoder().decode(content));
      const manifest = json(blob(json(members.get("./index.json")!).manifests[0]));
      const image = json(blob(manifest.config));
      assert.deepEqual([image.os, image.architecture], ["linux", "arm64"]);
      const layers = manifest.layers.map((layer: { digest: string; size: number }) =>
        new Uint8Array(gunzipSync(blob(layer)))
      ) as Uint8Array[];
      assert.deepEqual(image.rootfs.diff_ids, layers.map((layer) => `sha256:${digest(layer)}`));
      const [base, program] = layers.map(membersOf);
      assert.ok(base!.has("./lib/ld-linux-aarch64.so.1") && base!.has("./var/lib/dpkg/status.d/libc6"));
      assert.deepEqual(program!.get("./usr/lib/leakwatch/program/main.js"), bytes("program"));
      assert.match(image.history[0].created_by, /^Debian packages: libc6 \d/);
    } finally {
      Deno.umask(umask);
      Deno.removeSync(directory, { recursive: true });
    }
  },
});
