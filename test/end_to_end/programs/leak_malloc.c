/* Leaks: 1.5 MiB/s in small blocks that are never freed. */
#include <stdlib.h>
#include <string.h>
#include "pace.h"

int main(void) {
  double begin = seconds(), kept = 0;
  for (;;) {
    while (kept < (seconds() - begin) * 1.5 * 1024 * 1024) {
      memset(malloc(2000), 1, 2000);
      kept += 2016;
    }
    rest(0.1);
  }
}
