/* What the C programs share: a clock that catches up, and a little work that leaves nothing behind. */
#ifndef PACED_H
#define PACED_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Memory that is only written the compiler may leave unwritten: whatever is filled goes through here. */
void *volatile sink;

static double now_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

/* Sleeps until step `number` of `per_hour` is due: a late program makes up for it, so that the rate holds. */
static void pace(double start, long number, double per_hour) {
  double wait = start + number * 3600.0 / per_hour - now_seconds();
  if (wait > 0) usleep((useconds_t)(wait * 1e6));
}

/* Allocates, touches and frees blocks of varying size, as serving a request does. */
static void work(void) {
  void *blocks[16];
  for (int i = 0; i < 16; i++) {
    size_t bytes = 256 + (size_t)rand() % 16384;
    blocks[i] = malloc(bytes);
    if (blocks[i]) sink = memset(blocks[i], i, bytes);
  }
  for (int i = 0; i < 16; i++) free(blocks[i]);
}

/* Number given as argument `index`, else the default. */
static double number_argument(int argc, char **argv, int index, double otherwise) {
  return argc > index ? atof(argv[index]) : otherwise;
}
#endif
