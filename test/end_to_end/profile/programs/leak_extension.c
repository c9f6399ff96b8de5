/* A native library of a program with a runtime of its own: parse_request keeps 4 KiB of each request for ever. */
#include <stdlib.h>
#include <string.h>

/* So that the compiler does not leave the block out. */
static char *volatile last;

int parse_request(int number) {
  char *copy = malloc(4096);
  memset(copy, number, 4096);
  last = copy;
  return copy[17];
}
