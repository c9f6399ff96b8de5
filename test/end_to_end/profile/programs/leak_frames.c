// Maps a buffer for each frame and never unmaps it, beside buffers that it gives back.
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

__attribute__((noinline)) static char *map_buffer(size_t bytes) {
  return mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

__attribute__((noinline)) static void render_frame(void) {
  char *frame = map_buffer(128 * 1024); // the leak
  memset(frame, 1, 128 * 1024);
  __asm__ volatile("" ::: "memory");
}

__attribute__((noinline)) static void healthy_scratch(void) {
  char *scratch = map_buffer(512 * 1024);
  memset(scratch, 2, 512 * 1024);
  munmap(scratch, 512 * 1024);
}

int main(void) {
  // Reserved and never touched: no memory.
  mmap(0, 1L << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  int ticks = 0;
  time_t second = time(0);
  for (;;) {
    render_frame();
    healthy_scratch();
    ticks++;
    usleep(100 * 1000);
    if (time(0) == second) continue;
    printf("ticks %d longest_ms 0\n", ticks);
    fflush(stdout);
    second = time(0);
    ticks = 0;
  }
}
