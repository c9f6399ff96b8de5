/* Keeps pace on the monotonic clock: a busy machine makes a step late, the rate stays true. */
#include <time.h>

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static void rest(double duration) {
  struct timespec left = {(time_t)duration, (long)((duration - (time_t)duration) * 1e9)};
  nanosleep(&left, NULL);
}
