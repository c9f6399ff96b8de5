/* idle N: starts N processes that do nothing, says "up", and takes them along when its standard input ends. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv) {
  int wanted = argc > 1 ? atoi(argv[1]) : 0;
  for (int i = 0; i < wanted; i++) {
    pid_t pid = fork();
    if (pid < 0) { perror("fork"); return 1; }
    if (pid == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      for (;;) pause();
    }
  }
  puts("up");
  fflush(stdout);
  char byte;
  while (read(0, &byte, 1) > 0) {}
  kill(0, SIGKILL); /* its own process group, which the bench gives it */
  return 0;
}
