/**
 * The Debian package: the executable, its manual page, completions and licences. No service is in it: its administrator
 * installs that with `leakwatch boot --install-service`, as everywhere else.
 */

import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const SCRIPTS = fileURLToPath(new URL("./debian/", import.meta.url));
const MAINTAINER = "The leakwatch authors <leakwatch@users.noreply.github.com>";
/** Deno's name of a target → Debian's. */
export const ARCHITECTURES: Record<string, string> = {
  "x86_64-unknown-linux-gnu": "amd64",
  "aarch64-unknown-linux-gnu": "arm64",
};

export interface DebParts {
  version: string;
  target: string;
  executable: Uint8Array;
  /** The Deno runtime in it, which names the C library that it needs; the executable itself where that is one. */
  runtime: Uint8Array;
  manual: string;
  completions: { bash: string; zsh: string; fish: string };
  copyright: string;
  changelog: string;
  /** Seconds since 1970 of the sources; all files get this time, so that the same sources give the same package. */
  epoch: number;
}

/** Writes leakwatch_VERSION-1_ARCHITECTURE.deb into the directory; its path. Needs dpkg-deb; throws Error where that fails. */
export async function makeDeb(parts: DebParts, directory: string): Promise<string> {
  const root = Deno.makeTempDirSync();
  Deno.chmodSync(root, 0o755);
  try {
    const bytes = (text: string) => new TextEncoder().encode(text);
    const doc = "usr/share/doc/leakwatch";
    const files: [string, Uint8Array, number?][] = [
      ["usr/bin/leakwatch", parts.executable, 0o755],
      ["usr/share/man/man1/leakwatch.1.gz", zipped(parts.manual)],
      ["usr/share/bash-completion/completions/leakwatch", bytes(parts.completions.bash)],
      ["usr/share/zsh/vendor-completions/_leakwatch", bytes(parts.completions.zsh)],
      ["usr/share/fish/vendor_completions.d/leakwatch.fish", bytes(parts.completions.fish)],
      [`${doc}/copyright`, bytes(parts.copyright)],
      [`${doc}/changelog.gz`, zipped(parts.changelog)],
      [`${doc}/changelog.Debian.gz`, zipped(debianChangelog(parts))],
      ["usr/share/lintian/overrides/leakwatch", bytes(overrides(parts.executable))],
    ];
    for (const [path, content, mode = 0o644] of files) write(`${root}/${path}`, content, mode);
    const size = files.reduce((total, [, content]) => total + Math.ceil(content.length / 1024), 0);
    write(`${root}/DEBIAN/control`, bytes(control(parts, size)), 0o644);
    for (const { name } of Deno.readDirSync(SCRIPTS)) {
      write(`${root}/DEBIAN/${name}`, Deno.readFileSync(`${SCRIPTS}${name}`), 0o755);
    }
    const output = `${directory}/leakwatch_${parts.version}-1_${ARCHITECTURES[parts.target]}.deb`;
    const { success, stderr } = await new Deno.Command("dpkg-deb", {
      args: ["--build", "--root-owner-group", "-z1", root, output],
      env: { SOURCE_DATE_EPOCH: String(parts.epoch) },
    }).output();
    if (!success) throw new Error(`dpkg-deb failed: ${new TextDecoder().decode(stderr)}`);
    return output;
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

/** The newest version of glibc whose symbols a program asks for: "2.27". Null where it asks for none. */
export function neededGlibc(program: Uint8Array): string | null {
  const found = new TextDecoder("latin1").decode(program).matchAll(/GLIBC_2\.(\d{1,3})(?:\.\d+)?\0/g);
  const minor = Math.max(...[...found].map(([, minor]) => Number(minor)));
  return Number.isFinite(minor) ? `2.${minor}` : null;
}

export function control(parts: DebParts, sizeKib: number): string {
  const glibc = neededGlibc(parts.runtime);
  return `Package: leakwatch
Version: ${parts.version}-1
Section: admin
Priority: optional
Architecture: ${ARCHITECTURES[parts.target]}
Maintainer: ${MAINTAINER}
Installed-Size: ${sizeKib}
Depends: libc6${glibc ? ` (>= ${glibc})` : ""}, libgcc-s1
Description: finds memory leaks on the machine where they happen
 Watches processes, containers and kernel memory, tells who grows, how fast and
 until when, and what to do next.
 .
 One executable without a server: a report in the terminal, logs with alerts, a
 service that watches from boot on, and a page on localhost.
`;
}

function debianChangelog({ version, epoch }: DebParts): string {
  const date = new Date(epoch * 1000).toUTCString().replace("GMT", "+0000");
  return `leakwatch (${version}-1) unstable; urgency=medium

  * Release ${version}; changelog.gz has what changed.

 -- ${MAINTAINER}  ${date}
`;
}

/** What lintian(1) cannot know. */
function overrides(executable: Uint8Array): string {
  const isElf = executable[0] === 0x7f;
  return [
    "# Not made for an upload to Debian.",
    "leakwatch: initial-upload-closes-no-bugs *",
    ...isElf
      ? [
        "# The Deno runtime brings its own libraries.",
        "leakwatch: embedded-library *",
        "# Stripping would cut off the program, which lies behind the runtime.",
        "leakwatch: unstripped-binary-or-object *",
      ]
      : [
        "# Behind the script lies what it unpacks; it ends before that.",
        "leakwatch: shell-script-fails-syntax-check *",
      ],
    "",
  ].join("\n");
}

const zipped = (text: string): Uint8Array => gzipSync(text, { level: 9 });

/** Folders for all to enter, whatever the umask. */
function write(path: string, content: Uint8Array, mode: number): void {
  Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true, mode: 0o755 });
  Deno.writeFileSync(path, content);
  Deno.chmodSync(path, mode);
}
