/** Which frame of a stack a person wants to see first. Pure. */

/** Frames of allocators, standard libraries and runtimes: true of every program, so they name no culprit. */
const LIBRARY_FRAMES: readonly RegExp[] = [
  /^(__)?(libc_)?(malloc|calloc|realloc|reallocarray|memalign|posix_memalign|aligned_alloc|valloc|pvalloc|free|mmap|mmap64|brk|sbrk|munmap|strdup|strndup|asprintf|vasprintf|getline|getdelim)\b/,
  /^(_int_malloc|_int_realloc|_int_memalign|sysmalloc|__default_morecore|__GI_|tcache_init|je_|tc_|mi_|g_malloc|g_realloc|xmalloc|xrealloc)/,
  /^operator new\b|^operator delete\b/,
  /^(void |bool |char )?(std|__gnu_cxx|__cxxabiv1)::/,
  /^(<?(alloc|core|std|hashbrown)::|__rust_|__rdl_|<alloc::)/,
  /^(\(|)node:|^node:internal\b/,
  /^\((program|idle|root|garbage collector|BYTECODE_COMPILER|V8 API)\)/,
  /^\[?(unknown)\]?$/,
];

/** Index of the innermost frame that is the program's own; 0 where all are library code. */
export function userFrameIndex(stack: readonly string[]): number {
  const index = stack.findIndex((frame) => !isLibraryFrame(frame));
  return Math.max(0, index);
}

export function isLibraryFrame(frame: string): boolean {
  return LIBRARY_FRAMES.some((pattern) => pattern.test(frame)) || / \(?node:/.test(frame) ||
    / ext:/.test(frame);
}
