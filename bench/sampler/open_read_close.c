/*
 * open_read_close [statm]: the sampler one would write in C. For each line on standard input it lists /proc, and opens,
 * reads, closes and parses stat and statm (or statm alone) of every process, in memory that it keeps; then it prints the
 * microseconds of processor time that this took and the number of processes.
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct record { long pid, size, resident, shared, text, ppid, start; char state; char name[64]; };
static struct record records[65536];

static long read_small(const char *path, char *buffer, long size) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  long n = read(fd, buffer, size - 1);
  close(fd);
  if (n >= 0) buffer[n] = 0;
  return n;
}

static int sample(int with_stat) {
  char path[64], buffer[4096];
  int count = 0;
  DIR *directory = opendir("/proc");
  struct dirent *entry;
  while ((entry = readdir(directory))) {
    if (!isdigit((unsigned char)entry->d_name[0])) continue;
    struct record *r = &records[count];
    r->pid = atol(entry->d_name);
    snprintf(path, sizeof path, "/proc/%s/statm", entry->d_name);
    if (read_small(path, buffer, sizeof buffer) <= 0) continue;
    char *at = buffer;
    r->size = strtol(at, &at, 10);
    r->resident = strtol(at, &at, 10);
    r->shared = strtol(at, &at, 10);
    r->text = strtol(at, &at, 10);
    if (with_stat) {
      snprintf(path, sizeof path, "/proc/%s/stat", entry->d_name);
      if (read_small(path, buffer, sizeof buffer) <= 0) continue;
      char *open_ = strchr(buffer, '('), *close_ = strrchr(buffer, ')');
      if (!open_ || !close_) continue;
      size_t length = close_ - open_ - 1;
      if (length > 63) length = 63;
      memcpy(r->name, open_ + 1, length);
      r->name[length] = 0;
      r->state = close_[2];
      at = close_ + 3;
      for (int field = 4; field <= 22; field++) {
        long value = strtol(at, &at, 10);
        if (field == 4) r->ppid = value;
        if (field == 22) r->start = value;
      }
    }
    count++;
  }
  closedir(directory);
  return count;
}

static double cpu_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

int main(int argc, char **argv) {
  int with_stat = !(argc > 1 && strcmp(argv[1], "statm") == 0);
  char line[64];
  while (fgets(line, sizeof line, stdin)) {
    double begin = cpu_us();
    int count = sample(with_stat);
    printf("%.1f %d\n", cpu_us() - begin, count);
    fflush(stdout);
  }
  return 0;
}
