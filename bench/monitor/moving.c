/*
 * moving N [BLOCKS]: starts N processes of which each takes or gives back 64 KiB about once a second, says "up", and ends them,
 * leaving no zombies, when its input ends. A process has BLOCKS blocks (32) and touches or drops one of them at random, so
 * that half of them are resident in the long run and nothing leaks. With BLOCKS 0 they sleep.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BLOCK (64 * 1024)

static void move(unsigned seed, int blocks) {
  char *memory = mmap(NULL, (size_t)blocks * BLOCK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char *held = calloc(blocks, 1);
  if (memory == MAP_FAILED || held == NULL) _exit(1);
  madvise(memory, (size_t)blocks * BLOCK, MADV_NOHUGEPAGE);
  for (int i = 0; i < blocks; i += 2) {
    memset(memory + (size_t)i * BLOCK, 1, BLOCK);
    held[i] = 1;
  }
  for (;;) {
    /* Between half a second and a second and a half: neighbours do not move in step. */
    long wait = 500000000L + rand_r(&seed) % 1000 * 1000000L;
    struct timespec pause = {wait / 1000000000L, wait % 1000000000L};
    nanosleep(&pause, NULL);
    int i = rand_r(&seed) % blocks;
    char *block = memory + (size_t)i * BLOCK;
    if (held[i]) madvise(block, BLOCK, MADV_DONTNEED);
    else memset(block, 1, BLOCK);
    held[i] = !held[i];
  }
}

int main(int argc, char **argv) {
  int wanted = argc > 1 ? atoi(argv[1]) : 0, blocks = argc > 2 ? atoi(argv[2]) : 32;
  pid_t *pids = calloc(wanted + 1, sizeof *pids);
  for (int i = 0; i < wanted; i++) {
    pids[i] = fork();
    if (pids[i] < 0) { perror("fork"); return 1; }
    if (pids[i] == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      close(0);
      if (blocks > 0) move(getpid(), blocks);
      for (;;) pause();
    }
  }
  puts("up");
  fflush(stdout);
  char byte;
  while (read(0, &byte, 1) > 0) {}
  for (int i = 0; i < wanted; i++) kill(pids[i], SIGKILL);
  while (wait(NULL) > 0) {}
  return 0;
}
