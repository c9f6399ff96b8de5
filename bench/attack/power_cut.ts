/**
 * What a power cut leaves of a session: ext4 on a loop device is shut down beneath a running writer without flushing anything
 * (EXT4_IOC_SHUTDOWN with NOLOGFLUSH, as xfstests' godown does), mounted again, and read.
 *
 *     deno run --allow-all bench/attack/power_cut.ts [CUTS]        needs root, python3, mkfs.ext4
 */

import { fileURLToPath } from "node:url";
import { listSessions } from "../../store/catalog.ts";
import { tidyLeftovers } from "../../store/recovery.ts";
import { readTable } from "../../store/table_reader.ts";

const WRITER = fileURLToPath(new URL("session_writer.ts", import.meta.url));
/** _IOR('X', 125, __u32); 2 is EXT4_GOING_FLAGS_NOLOGFLUSH (fs/ext4/ext4.h). */
const SHUTDOWN =
  "import fcntl,os,struct,sys; fcntl.ioctl(os.open(sys.argv[1],os.O_RDONLY),0x8004587d,struct.pack('I',2))";
const cuts = Number(Deno.args[0] ?? 10);

async function run(...words: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(words[0]!, { args: words.slice(1) }).output();
  if (!success) throw new Error(`${words.join(" ")}: ${new TextDecoder().decode(stderr).trim()}`);
  return new TextDecoder().decode(stdout).trim();
}

interface Outcome {
  written_seconds: number;
  read_seconds: number;
  files: number;
  unreadable: number;
}

async function cut(directory: string): Promise<Outcome> {
  const image = `${directory}/image`, mounted = `${directory}/disk`;
  Deno.mkdirSync(mounted);
  Deno.writeTextFileSync(image, "");
  Deno.truncateSync(image, 64 * 2 ** 20);
  await run("mkfs.ext4", "-q", image);
  // One device for both mounts: what is still on its way to a device of the first could else reach the image later.
  const device = await run("losetup", "--find", "--show", image);
  try {
    await run("mount", device, mounted);
    const written_seconds = await writeUntilCut(mounted);
    await run("umount", mounted);
    await run("mount", device, mounted);
    return { written_seconds, ...await inspect(mounted) };
  } finally {
    await run("umount", mounted).catch(() => {});
    await run("losetup", "--detach", device);
  }
}

/** Sample time of the last flush that the writer told of before the power went. */
async function writeUntilCut(mounted: string): Promise<number> {
  const writer = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--allow-all", WRITER, mounted],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = writer.stdout.getReader(), decoder = new TextDecoder();
  let said = decoder.decode((await reader.read()).value);
  const listening = (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      said += decoder.decode(value);
    }
  })();
  await new Promise((resolve) => setTimeout(resolve, 2000 + Math.random() * 8000));
  await run("python3", "-c", SHUTDOWN, mounted);
  // What was told until the shutdown returned: a few flushes more than there were before it.
  const last = said.trim().split("\n").at(-1);
  writer.kill("SIGKILL");
  await writer.status;
  await listening;
  return Number(last);
}

async function inspect(mounted: string): Promise<Omit<Outcome, "written_seconds">> {
  tidyLeftovers(mounted);
  let read_seconds = 0, files = 0, unreadable = 0;
  for (const session of listSessions([mounted])) {
    if (session.info === null) {
      unreadable++;
      console.log(`  ${session.id}_session.json: ${readText(`${mounted}/${session.id}_session.json`)}`);
    }
    for (const segments of Object.values(session.logs)) files += segments.length;
    for await (const rows of readTable(session, "memory")) {
      for (const { time_seconds } of rows) {
        const seconds = time_seconds - session.started_at_seconds;
        if (seconds !== read_seconds + 5) {
          unreadable++;
          console.log(`  the row of ${seconds} s comes after that of ${read_seconds} s`);
        }
        read_seconds = seconds;
      }
    }
  }
  return { read_seconds, files, unreadable };
}

function readText(path: string): string {
  try {
    return JSON.stringify(Deno.readTextFileSync(path));
  } catch (error) {
    return String(error);
  }
}

let worst = 0, broken = 0;
for (let n = 1; n <= cuts; n++) {
  const directory = Deno.makeTempDirSync({ prefix: "leakwatch-power-" });
  const { written_seconds, read_seconds, files, unreadable } = await cut(directory);
  Deno.removeSync(directory, { recursive: true });
  // Rows may have reached the disk that the writer did not come to tell of.
  const lost = Math.max(0, written_seconds - read_seconds);
  worst = Math.max(worst, lost);
  broken += unreadable;
  console.log(
    `cut ${n}: ${written_seconds} s written, ${lost} s lost, ${files} files, ${unreadable} unreadable or torn`,
  );
}
console.log(`${cuts} power cuts: at most ${worst} s lost, ${broken} files or rows unreadable or torn`);
