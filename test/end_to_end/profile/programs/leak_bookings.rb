# Keeps every booking for ever, about 1 MiB/s in remember, beside garbage and a bounded cache that is refilled all the
# time. Says every second how many ticks of 10 ms it kept and the longest gap between two.

class Booking
  def initialize(number)
    @number = number
    @notes = "n" * (1500 + number % 64)
  end
end

class CacheEntry
  def initialize
    @body = "b" * 2048
  end
end

BOOKINGS = []
CACHE = {}

def remember(number)
  BOOKINGS << Booking.new(number)
end

def handle(number)
  remember(number)
  4.times do |at|
    CACHE[number * 4 + at] = CacheEntry.new
    CACHE.shift if CACHE.size > 2000
  end
  8.times { "g" * 1024 }
end

clock = -> { Process.clock_gettime(Process::CLOCK_MONOTONIC) }
number = 0
second = before = clock.call
ticks = 0
longest = 0
loop do
  6.times { handle(number += 1) }
  sleep 0.01
  now = clock.call
  longest = [longest, now - before].max
  before = now
  ticks += 1
  next if now - second < 1
  puts "ticks #{ticks} longest_ms #{(longest * 1000).to_i}"
  $stdout.flush
  second, ticks, longest = now, 0, 0
end
