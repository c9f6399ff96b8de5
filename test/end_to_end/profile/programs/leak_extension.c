/* A native library of a program with a runtime of its own: parse_request keeps 4 KiB of each request for ever. */
#include <stdlib.h>
#include <string.h>

int parse_request(int number) {
  char *copy = malloc(4096);
  memset(copy, number, 4096);
  return copy[17];
}
