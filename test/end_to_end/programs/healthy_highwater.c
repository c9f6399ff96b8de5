/* Healthy: bursts of small blocks, all freed; the allocator keeps what the highest burst took. */
#include <stdlib.h>
#include <string.h>
#include "pace.h"

int main(void) {
  static char *blocks[100000];
  unsigned noise = 7;
  for (;;) {
    noise = noise * 1664525u + 1013904223u;
    int count = 20000 + noise % 60000;
    for (int i = 0; i < count; i++) memset(blocks[i] = malloc(1000), 1, 1000);
    rest(0.3);
    for (int i = 0; i < count; i++) free(blocks[i]);
    rest(0.3);
  }
}
