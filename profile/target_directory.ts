/**
 * A directory as the target sees it (its /tmp), held open so that its names cannot be redirected: every name in it is
 * reached through /proc/self/fd and no symbolic link is followed. A link inside /proc/PID/root would lead out of the
 * target's root (proc(5): absolute links are resolved against the reader's root), and whoever may write to the
 * directory may put one there.
 */

// node:fs, for Deno's own open cannot say O_NOFOLLOW.
import fs from "node:fs";
import { descriptorPath } from "../collectors/descriptor_path.ts";
import { ProfileError } from "./errors.ts";
import type { Target } from "./target.ts";

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = fs.constants;
/** open(2): a descriptor of the name alone, not of what it does; node:fs has no name for it. Same on x86-64 and arm64. */
const O_PATH = 0o10000000;

/** What a name in the directory stands for; the identifiers are those of the reader's user namespace. */
export interface TargetFileInfo {
  isFile: boolean;
  isSocket: boolean;
  uid: number;
  size_bytes: number;
}

export class TargetDirectory {
  readonly #descriptor: number;

  /** Opens `path` of the target's root. Throws ProfileError where it is missing, a symbolic link or no directory. */
  constructor({ pid, proc }: Pick<Target, "pid" | "proc">, readonly path: string) {
    try {
      this.#descriptor = fs.openSync(`${proc}/${pid}/root${path}`, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    } catch (error) {
      const reason = codeOf(error) === "ENOTDIR" || codeOf(error) === "ELOOP"
        ? "it is a symbolic link or not a directory"
        : codeOf(error) === "EACCES"
        ? "permission denied; try as root or as the process's user"
        : "it is missing, or the process has ended";
      throw new ProfileError(`cannot use ${path} of process ${pid}: ${reason}`);
    }
  }

  close(): void {
    fs.closeSync(this.#descriptor);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** null where there is no such name. A symbolic link is neither a file nor a socket. */
  info(name: string): TargetFileInfo | null {
    try {
      const found = fs.lstatSync(this.#pathOf(name));
      return { isFile: found.isFile(), isSocket: found.isSocket(), uid: found.uid, size_bytes: found.size };
    } catch (error) {
      if (codeOf(error) === "ENOENT") return null;
      throw error;
    }
  }

  /** Makes a new file that belongs to `owner`. Throws ProfileError where the name is taken or nothing may be written. */
  create(name: string, text: string, owner: { uid: number; gid: number }, mode: number): void {
    let file: number;
    try {
      file = fs.openSync(this.#pathOf(name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
    } catch (error) {
      const reason = codeOf(error) === "EEXIST"
        ? "the name is taken"
        : `cannot write there (${codeOf(error)})`;
      throw new ProfileError(`cannot make ${this.path}/${name}: ${reason}`);
    }
    try {
      fs.fchmodSync(file, mode); // whatever the umask
      if (Deno.uid() === 0) fs.fchownSync(file, owner.uid, owner.gid);
      fs.writeFileSync(file, text);
    } finally {
      fs.closeSync(file);
    }
  }

  /**
   * The first `limit_bytes` of a regular file of user `uid` (or root); null where there is none. Throws ProfileError
   * where it is somebody else's, no regular file, or larger.
   */
  read(name: string, uid: number, limit_bytes: number): Uint8Array | null {
    let file: number;
    try {
      // O_NONBLOCK: a named pipe in its place would wait for a writer for ever.
      file = fs.openSync(this.#pathOf(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    } catch (error) {
      if (codeOf(error) === "ENOENT") return null;
      throw new ProfileError(`cannot read ${this.path}/${name} of the target: ${codeOf(error)}`);
    }
    try {
      const found = fs.fstatSync(file);
      if (!found.isFile() || (found.uid !== uid && found.uid !== 0)) {
        throw new ProfileError(`refused ${this.path}/${name} of the target: not a file of its user`);
      }
      if (found.size > limit_bytes) {
        throw new ProfileError(
          `refused ${this.path}/${name} of the target: larger than ${limit_bytes} bytes`,
        );
      }
      const bytes = new Uint8Array(found.size);
      let length = 0;
      while (length < bytes.length) {
        const count = fs.readSync(file, bytes, length, bytes.length - length, null);
        if (count === 0) break;
        length += count;
      }
      return bytes.subarray(0, length);
    } finally {
      fs.closeSync(file);
    }
  }

  /** Connects to a socket in the directory that user `uid` owns. The descriptor that was checked is the one connected to. */
  async connect(name: string, uid: number): Promise<Deno.UnixConn> {
    const descriptor = fs.openSync(this.#pathOf(name), O_PATH | O_NOFOLLOW);
    try {
      const found = fs.fstatSync(descriptor);
      if (!found.isSocket() || found.uid !== uid) {
        throw new ProfileError(`refused ${this.path}/${name} of the target: not a socket of its user`);
      }
      return await Deno.connect({ transport: "unix", path: descriptorPath(descriptor) });
    } finally {
      fs.closeSync(descriptor);
    }
  }

  /** Removes a name; that it is gone already is no error. */
  remove(name: string): void {
    try {
      fs.unlinkSync(this.#pathOf(name));
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
    }
  }

  /** Names in the directory, hostile as they are. */
  names(): string[] {
    return fs.readdirSync(descriptorPath(this.#descriptor));
  }

  /** Removes a directory in it where that is empty; anything else is left as it is. */
  removeEmptyDirectory(name: string): void {
    try {
      fs.rmdirSync(this.#pathOf(name));
    } catch {
      // In use, or gone.
    }
  }

  #pathOf(name: string): string {
    if (name.includes("/") || name === "" || name === "." || name === "..") {
      throw new Error(`Not a plain file name: ${name}`);
    }
    return `${descriptorPath(this.#descriptor)}/${name}`;
  }
}

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? "unknown error";
}
