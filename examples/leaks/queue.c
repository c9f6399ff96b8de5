/*
 * A gateway that leaks 4 MiB a second: messages that time out are unlinked and never freed. Beside it goes on what looks
 * like a leak and is none: a ring of bounded size, and memory that is freed at once. With `fixed` as its argument it frees
 * them.
 *
 *     gcc -g -O1 -fno-omit-frame-pointer -o queue examples/leaks/queue.c && ./queue [fixed]
 */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RING = 1000 };

static char *ring[RING];
static int fixed;

__attribute__((noinline)) static char *receive_message(int number) {
  char *message = malloc(4096);
  memset(message, number, 4096);
  return message;
}

__attribute__((noinline)) static void time_out(int number) {
  char *message = receive_message(number); /* the leak: it is neither kept nor freed */
  if (fixed) free(message);
}

__attribute__((noinline)) static void remember_last(int number) {
  char **slot = &ring[number % RING]; /* bounded: the oldest one goes */
  free(*slot);
  *slot = malloc(512);
  memset(*slot, number, 512);
}

__attribute__((noinline)) static void handle_message(int number) {
  time_out(number);
  remember_last(number);
  free(calloc(1, 300)); /* garbage */
}

static double milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

int main(int count, char **arguments) {
  fixed = count > 1 && strcmp(arguments[1], "fixed") == 0;
  double start = milliseconds();
  for (int number = 0;;) {
    while (number < milliseconds() - start) handle_message(number++); /* 1,000 a second */
    nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, NULL);
  }
}
