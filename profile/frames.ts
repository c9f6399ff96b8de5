/** Which frame of a stack a person wants to see first. Pure. */

import { formatFrame, parseFrame } from "./frame.ts";

/** Frames of allocators, standard libraries and runtimes: true of every program, so they name no culprit. */
const LIBRARY_FRAMES: readonly RegExp[] = [
  /^(__)?(libc_)?(malloc|calloc|realloc|reallocarray|memalign|posix_memalign|aligned_alloc|valloc|pvalloc|free|mmap|mmap64|brk|sbrk|munmap|strdup|strndup|asprintf|vasprintf|getline|getdelim)\b/,
  /^(default_malloc|_int_malloc|_int_realloc|_int_memalign|sysmalloc|__default_morecore|__GI_|tcache_init|je_|tc_|mi_|g_malloc|g_realloc|xmalloc|xrealloc)/,
  /^_?Py(Mem|Object)_(Raw)?(Malloc|Calloc|Realloc)\b/,
  /^operator new\b|^operator delete\b/,
  /^(void |bool |char )?(std|__gnu_cxx|__cxxabiv1)::/,
  /^(<?(alloc|core|std|hashbrown)::|__rust_|__rdl_|<alloc::)/,
  // What calls main and the first function of a thread, and whatever else lies in the C and C++ libraries.
  /^(__libc_start|_start\b|start_thread\b|__?clone3?\b|_dl_|call_init\b)/,
  / \((libc|libstdc\+\+|libc\+\+|libgcc_s|libpthread|ld-linux[\w-]*|ld-musl[\w-]*|libc\.musl[\w-]*|libjemalloc|libtcmalloc\w*|libmimalloc[\w-]*|libc)(-[\d.]+)?\.so[\d.]*\)$/,
  // JavaScript: node's own modules, Deno's extensions, functions of the engine.
  / node:[\w/]+:\d+$| ext:\S+$| \(builtin\)$|^\((program|idle|root|garbage collector)\)/,
  /^\[?unknown\]?( |$)/,
  // The JDK; Go's runtime; Python's standard library, but not what is installed beside it.
  /^(java|javax|jdk|sun|com\.sun)\.\w/,
  /^runtime\.\w/,
  /\/lib\/python\d[\d.]*\/(?!site-packages|dist-packages)|<frozen \w/,
];

/** Whether a frame says nothing about the program. */
export function isLibraryFrame(frame: string): boolean {
  return LIBRARY_FRAMES.some((pattern) => pattern.test(frame)) || / \(?node:/.test(frame) ||
    / ext:/.test(frame);
}

/** The program's own frames, innermost first; all of them where there is none. */
export function userFrames(stack: readonly string[]): readonly string[] {
  const own = stack.filter((frame) => !isLibraryFrame(frame));
  return own.length > 0 ? own : stack;
}

/** The same frame with its file's name alone: who reads a sentence knows the program; where the file lies is told beside it. */
export function shortFrame(frame: string): string {
  const { name, file, line } = parseFrame(frame);
  return formatFrame({ name, file: file && file.slice(file.lastIndexOf("/") + 1), line });
}

/** The frame with the beginning of a long path left out, for a column of `most` characters: the function and the line count. */
export function fittedFrame(frame: string, most: number): string {
  const { name, file, line } = parseFrame(frame);
  if (frame.length <= most || file === null) return frame;
  const room = most - formatFrame({ name, file: "", line }).length - 1;
  const shown = file.slice(Math.min(file.length - Math.max(room, 0), file.lastIndexOf("/") + 1));
  return formatFrame({ name, file: `…${shown}`, line });
}
