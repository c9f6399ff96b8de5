/* Loses memory or kernel objects at a given rate: leak WAY PER_HOUR [STEP [START_SECONDS]]
 * PER_HOUR counts bytes for memory, objects for the others; STEP is the bytes lost at once. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/socket.h>

#include "paced.h"

static size_t step = 16384;
static const char *folder = ".";
static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void lose_malloc(void) {
  char *block = malloc(step);
  if (!block) fail("malloc");
  memset(block, 1, step);
  sink = block;
}

/* A buffer mapped for each job and never unmapped. */
static void lose_mmap(void) {
  char *block = mmap(NULL, step, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (block == MAP_FAILED) fail("mmap");
  memset(block, 1, step);
}

/* Single pages whose protections alternate, so that the kernel cannot merge them: vm.max_map_count is the end. */
static void lose_mapping(void) {
  static int odd;
  odd = !odd;
  if (mmap(NULL, 4096, odd ? PROT_READ : PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED) fail("mmap");
}

static void fill(int descriptor) {
  if (ftruncate(descriptor, step)) fail("ftruncate");
  char *block = mmap(NULL, step, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (block == MAP_FAILED) fail("mmap");
  memset(block, 1, step);
  munmap(block, step);
}

static void lose_memfd(void) {
  int descriptor = memfd_create("frame", MFD_CLOEXEC);
  if (descriptor < 0) fail("memfd_create");
  fill(descriptor);
}

static void lose_posix(void) {
  static long number;
  char name[64];
  snprintf(name, sizeof name, "/leakwatch-bench-%d-%ld", getpid(), number++);
  int descriptor = shm_open(name, O_RDWR | O_CREAT, 0600);
  if (descriptor < 0) fail("shm_open");
  fill(descriptor);
  close(descriptor);
}

static void lose_system_v(void) {
  int id = shmget(IPC_PRIVATE, step, IPC_CREAT | 0600);
  if (id < 0) fail("shmget");
  char *block = shmat(id, NULL, 0);
  if (block == (void *)-1) fail("shmat");
  memset(block, 1, step);
  shmdt(block);
}

/* Temporary files on a tmpfs that nobody removes. */
static void lose_tmpfs(void) {
  static long number;
  char path[512];
  snprintf(path, sizeof path, "%s/upload-%ld.tmp", folder, number++);
  int descriptor = open(path, O_WRONLY | O_CREAT, 0600);
  if (descriptor < 0) fail(path);
  char *block = malloc(step);
  memset(block, 1, step);
  if (write(descriptor, block, step) < 0) fail(path);
  free(block);
  close(descriptor);
}

static void lose_file(void) {
  if (open("/etc/hostname", O_RDONLY) < 0) fail("open");
}

static void lose_socket(void) {
  if (socket(AF_INET, SOCK_STREAM, 0) < 0) fail("socket");
}

static void lose_eventfd(void) {
  if (eventfd(0, 0) < 0) fail("eventfd");
}

static void lose_pipe(void) {
  int ends[2];
  if (pipe(ends)) fail("pipe");
}

static void *wait_for_ever(void *unused) {
  for (;;) pause();
  return unused;
}

static void lose_thread(void) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, wait_for_ever, NULL)) fail("pthread_create");
}

static const struct way {
  const char *name;
  void (*lose)(void);
  int counts;
} WAYS[] = {
    {"malloc", lose_malloc, 0},  {"mmap", lose_mmap, 0},       {"memfd", lose_memfd, 0},
    {"posix", lose_posix, 0},    {"systemv", lose_system_v, 0}, {"tmpfs", lose_tmpfs, 0},
    {"mapping", lose_mapping, 1}, {"file", lose_file, 1},       {"socket", lose_socket, 1},
    {"eventfd", lose_eventfd, 1}, {"pipe", lose_pipe, 1},       {"thread", lose_thread, 1},
};

int main(int argc, char **argv) {
  const char *wanted = argc > 1 ? argv[1] : "";
  double per_hour = number_argument(argc, argv, 2, 60 * 1048576.0);
  step = (size_t)number_argument(argc, argv, 3, 16384);
  double start_seconds = number_argument(argc, argv, 4, 0);
  if (argc > 5) folder = argv[5];
  for (size_t i = 0; i < sizeof WAYS / sizeof *WAYS; i++) {
    if (strcmp(WAYS[i].name, wanted)) continue;
    double begun = now_seconds();
    while (now_seconds() < begun + start_seconds) {
      work();
      usleep(200000);
    }
    double start = now_seconds(), steps_per_hour = WAYS[i].counts ? per_hour : per_hour / step;
    for (long number = 1;; number++) {
      pace(start, number, steps_per_hour);
      work();
      WAYS[i].lose();
    }
  }
  fprintf(stderr, "leak: unknown way \"%s\"\n", wanted);
  return 2;
}
