/* Healthy: eight threads come one after the other, each with its own malloc arena; then nothing more comes. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "pace.h"

static void *work(void *nothing) {
  for (;;) {
    char *blocks[64];
    for (int i = 0; i < 64; i++) memset(blocks[i] = malloc(60000), 1, 60000);
    rest(0.2);
    for (int i = 0; i < 64; i++) free(blocks[i]);
    rest(0.2);
  }
  return nothing;
}

int main(void) {
  for (int i = 0; i < 8; i++) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, work, NULL) != 0) return 1;
    rest(3);
  }
  for (;;) rest(1000);
}
