// Remembers a block for each request beside churn that frees what it takes and a cache of bounded size.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <string>
#include <thread>
#include <vector>

static std::vector<char *> sessions;
static std::deque<std::string> cache;

__attribute__((noinline)) void remember_session(int id) {
  char *block = static_cast<char *>(malloc(4096)); // the leak
  memset(block, id, 4096);
  sessions.push_back(block);
}

__attribute__((noinline)) void refill_cache(int id) {
  cache.push_back(std::string(800 + id % 100, 'c'));
  if (cache.size() > 300) cache.pop_front();
}

__attribute__((noinline)) void healthy_churn(int id) {
  for (int i = 0; i < 4; i++) {
    char *block = static_cast<char *>(malloc(500 + i));
    memset(block, id, 500);
    block = static_cast<char *>(realloc(block, 900));
    free(block);
    free(calloc(3, 100));
  }
}

__attribute__((noinline)) void handle_request(int id) {
  remember_session(id);
  refill_cache(id);
  healthy_churn(id);
}

int main() {
  using clock = std::chrono::steady_clock;
  auto second = clock::now(), last = second;
  int ticks = 0;
  long longest = 0;
  for (int id = 0;; id++) {
    handle_request(id);
    ticks++;
    std::this_thread::sleep_for(std::chrono::milliseconds(4));
    auto now = clock::now();
    longest = std::max<long>(longest, std::chrono::duration_cast<std::chrono::milliseconds>(now - last).count());
    last = now;
    if (now - second < std::chrono::seconds(1)) continue;
    printf("ticks %d longest_ms %ld\n", ticks, longest);
    fflush(stdout);
    second = now;
    ticks = longest = 0;
  }
}
