/* Leaks: 1 MiB/s, each page pushed out to swap at once, so that the resident set stays small. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mman.h>
#include "pace.h"
#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

int main(void) {
  double begin = seconds();
  unsigned noise = 1;
  for (int made = 0;;) {
    while (made < (seconds() - begin) * 4) {
      unsigned *block = mmap(NULL, 1 << 18, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      for (int i = 0; i < (1 << 16); i++) block[i] = noise = noise * 1664525u + 1013904223u;
      madvise(block, 1 << 18, MADV_PAGEOUT);
      made++;
    }
    rest(0.05);
  }
}
