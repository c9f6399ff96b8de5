/* Healthy: a cache that fills in half a minute up to its cap of 90 MiB, and then replaces what it holds. */
#include <stdlib.h>
#include <string.h>
#include "pace.h"

int main(void) {
  enum { CAP = 9000, ENTRY = 10000 };
  static char *entries[CAP];
  double begin = seconds();
  for (long made = 0;;) {
    while (made < (seconds() - begin) * CAP / 30) {
      long at = made++ % CAP;
      free(entries[at]);
      memset(entries[at] = malloc(ENTRY), 1, ENTRY);
    }
    rest(0.05);
  }
}
