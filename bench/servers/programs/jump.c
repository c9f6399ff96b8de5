/* A leak that also takes a large block once: jump PER_HOUR JUMP_MIB JUMP_SECONDS */
#include "paced.h"

int main(int argc, char **argv) {
  double per_hour = number_argument(argc, argv, 1, 200 * 1048576.0);
  size_t jump = (size_t)(number_argument(argc, argv, 2, 60) * 1048576);
  double jump_seconds = number_argument(argc, argv, 3, 720), start = now_seconds();
  const size_t step = 8192;
  char *table = NULL;
  for (long number = 1;; number++) {
    pace(start, number, per_hour / step);
    work();
    sink = memset(malloc(step), 1, step);
    if (!table && now_seconds() > start + jump_seconds) {
      table = malloc(jump);
      sink = memset(table, 1, jump);
    }
  }
}
