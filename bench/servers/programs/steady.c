/* Uses memory in ways that look like growth for a while and are none: steady WAY [ARGUMENT …] */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "paced.h"

#define MIB 1048576.0

/* sawtooth MIB SECONDS: collects a batch in small steps, hands it on, starts again. */
static void sawtooth(double mib, double seconds) {
  size_t bytes = (size_t)(mib * MIB), step = 65536, count = bytes / step;
  for (;;) {
    double start = now_seconds();
    char **batch = calloc(count, sizeof *batch);
    for (size_t i = 0; i < count; i++) {
      pace(start, (long)i, count * 3600.0 / seconds);
      batch[i] = mmap(NULL, step, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      memset(batch[i], 1, step);
    }
    for (size_t i = 0; i < count; i++) munmap(batch[i], step);
    free(batch);
  }
}

#define SLOTS 3000
/* Each thread replaces random blocks of random size: the live set is level, the arenas' high-water mark creeps up. */
static void *churn(void *unused) {
  void **slots = calloc(SLOTS, sizeof *slots);
  unsigned seed = (unsigned)(size_t)slots;
  for (;;) {
    for (int i = 0; i < 20; i++) {
      int slot = rand_r(&seed) % SLOTS;
      size_t bytes = (size_t)64 << rand_r(&seed) % 9;
      free(slots[slot]);
      slots[slot] = malloc(bytes);
      memset(slots[slot], 1, bytes);
    }
    usleep(600000);
  }
  return unused;
}

static void arenas(int threads) {
  for (int i = 0; i < threads; i++) {
    pthread_t thread;
    pthread_create(&thread, NULL, churn, NULL);
  }
  for (;;) pause();
}

/* step MIB SECONDS: loads a table once, SECONDS after its start. */
static void load_once(double mib, double seconds) {
  size_t bytes = (size_t)(mib * MIB);
  for (long number = 1;; number++) {
    usleep(200000);
    work();
    if (number == (long)(seconds * 5)) {
      char *table = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      for (size_t at = 0; at < bytes; at += 65536) {
        sink = memset(table + at, 1, bytes - at < 65536 ? bytes - at : 65536);
        usleep(5000);
      }
    }
  }
}

/* reader FILE MIB_PER_SECOND: reads a file over and over: page cache comes and goes. */
static void read_file(const char *path, double mib_per_second) {
  static char block[262144];
  int descriptor = open(path, O_RDONLY);
  if (descriptor < 0) exit(1);
  double start = now_seconds();
  for (long number = 1;; number++) {
    pace(start, number, mib_per_second * 4 * 3600);
    if (read(descriptor, block, sizeof block) > 0) continue;
    posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
    lseek(descriptor, 0, SEEK_SET);
  }
}

/* mapped FILE MIB_PER_SECOND: walks through memory that others have filled; RssShmem rises, memory does not. */
static void walk_mapping(const char *path, double mib_per_second) {
  int descriptor = open(path, O_RDONLY);
  struct stat about;
  if (descriptor < 0 || fstat(descriptor, &about)) exit(1);
  volatile char *file = mmap(NULL, about.st_size, PROT_READ, MAP_SHARED, descriptor, 0);
  double start = now_seconds();
  long number = 0;
  char sum = 0;
  for (off_t at = 0;; at = (at + 4096) % about.st_size) {
    sum ^= file[at];
    if (at % 262144 == 0) pace(start, ++number, mib_per_second * 4 * 3600);
  }
}

/* spool FOLDER FILES KIB: files made and removed again, so many at a time. */
static void spool(const char *folder, long files, long kib) {
  char path[512], *block = malloc(kib * 1024);
  memset(block, 1, kib * 1024);
  for (long number = 0;; number++) {
    snprintf(path, sizeof path, "%s/job-%ld", folder, number);
    int descriptor = open(path, O_WRONLY | O_CREAT, 0600);
    if (descriptor < 0 || write(descriptor, block, kib * 1024) < 0) exit(1);
    close(descriptor);
    snprintf(path, sizeof path, "%s/job-%ld", folder, number - files);
    unlink(path);
    usleep(250000);
  }
}

int main(int argc, char **argv) {
  const char *way = argc > 1 ? argv[1] : "", *path = argc > 2 ? argv[2] : "";
  double first = number_argument(argc, argv, 2, 64), second = number_argument(argc, argv, 3, 120);
  if (!strcmp(way, "sawtooth")) sawtooth(first, second);
  if (!strcmp(way, "arenas")) arenas((int)first);
  if (!strcmp(way, "step")) load_once(first, second);
  if (!strcmp(way, "reader")) read_file(path, second);
  if (!strcmp(way, "mapped")) walk_mapping(path, second);
  if (!strcmp(way, "spool")) spool(path, (long)second, (long)number_argument(argc, argv, 4, 256));
  fprintf(stderr, "steady: unknown way \"%s\"\n", way);
  return 2;
}
