/* idle N: starts N processes that do nothing, says "up", and ends them, leaving no zombies, when its input ends. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  int wanted = argc > 1 ? atoi(argv[1]) : 0;
  pid_t *pids = calloc(wanted + 1, sizeof *pids);
  for (int i = 0; i < wanted; i++) {
    pids[i] = fork();
    if (pids[i] < 0) { perror("fork"); return 1; }
    if (pids[i] == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
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
