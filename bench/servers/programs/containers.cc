// Containers of the C++ library: containers leak BYTES_PER_HOUR | containers log MIB MIB_PER_HOUR
// leak: an index from which finished orders are never erased. log: a log-structured cache that drops its oldest segment.
#include <chrono>
#include <deque>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

using Clock = std::chrono::steady_clock;

static void pace(Clock::time_point start, long number, double per_hour) {
  std::this_thread::sleep_until(start + std::chrono::duration_cast<Clock::duration>(
                                            std::chrono::duration<double>(number * 3600.0 / per_hour)));
}

static void leak(double bytes_per_hour) {
  const size_t payload = 900;  // with node, key and bucket about 1,024 bytes
  std::unordered_map<std::string, std::string> orders;
  const auto start = Clock::now();
  for (long number = 1;; number++) {
    if (number % 16 == 0) pace(start, number, bytes_per_hour / 1024);
    std::string scratch(4096 + number % 8192, 'w');
    orders.emplace("order-" + std::to_string(number), std::string(payload, scratch[number % 64]));
  }
}

static void log_cache(double cap_mib, double mib_per_hour) {
  const size_t segment_bytes = 1 << 20;
  std::deque<std::vector<char>> segments;
  const auto start = Clock::now();
  for (long number = 1;; number++) {
    pace(start, number, mib_per_hour * 64);
    if (number % 64 == 1) {
      segments.emplace_back().reserve(segment_bytes);
      if (segments.size() > cap_mib) segments.pop_front();
    }
    segments.back().insert(segments.back().end(), segment_bytes / 64, 'e');
  }
}

int main(int argc, char **argv) {
  const std::string way = argc > 1 ? argv[1] : "";
  if (way == "leak") leak(std::stod(argv[2]));
  if (way == "log") log_cache(std::stod(argv[2]), std::stod(argv[3]));
  return 2;
}
