/* Healthy: its first thread has ended, another holds 24 MiB, a memory file and a pipe, and waits. Says so once. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void *hold(void *first) {
  int ends[2], file = memfd_create("held", 0);
  char *memory = malloc(24 << 20);
  if (memory == NULL || pipe(ends) != 0 || ftruncate(file, 1 << 20) != 0) exit(1);
  memset(memory, 1, 24 << 20);
  memset(mmap(NULL, 1 << 20, PROT_WRITE, MAP_SHARED, file, 0), 1, 1 << 20);
  pthread_join(*(pthread_t *)first, NULL);
  printf("ready %d\n", memory[123]);
  fflush(stdout);
  for (;;) pause();
}

int main(void) {
  static pthread_t first, second;
  first = pthread_self();
  pthread_create(&second, NULL, hold, &first);
  pthread_exit(NULL);
}
