/* Leaks: three threads a second that wait for ever. */
#include <pthread.h>
#include "pace.h"

static void *wait_for_ever(void *nothing) {
  for (;;) rest(1000);
  return nothing;
}

int main(void) {
  double begin = seconds();
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 65536);
  for (int made = 0;;) {
    while (made < (seconds() - begin) * 3) {
      pthread_t thread;
      if (pthread_create(&thread, &small, wait_for_ever, NULL) != 0) return 1;
      made++;
    }
    rest(0.1);
  }
}
