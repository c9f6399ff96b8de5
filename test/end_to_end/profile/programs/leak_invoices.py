"""
Keeps every invoice for ever, about 1 MiB/s in remember, beside garbage and a bounded cache that is refilled all the time.
Says every second how many ticks of 10 ms it kept, the longest gap between two, and whether it is being traced.
"""

import collections
import sys
import time


def is_traced():
    return "tracemalloc" in sys.modules and sys.modules["tracemalloc"].is_tracing()


class Invoice:
    def __init__(self, number):
        self.number = "invoice %d" % number
        self.lines = [bytes(1500 + number % 64)]


class CacheEntry:
    def __init__(self, number):
        self.body = bytes(2048)
        self.number = number


invoices = []
cache = collections.OrderedDict()


def remember(number):
    invoices.append(Invoice(number))


def handle(number):
    remember(number)
    for at in range(4):
        cache[number * 4 + at] = CacheEntry(number)
        if len(cache) > 2000:
            cache.popitem(last=False)
    for _ in range(20):
        str(number) * 200


def main():
    number = 0
    second = before = time.monotonic()
    ticks = longest = 0
    while True:
        for _ in range(6):
            number += 1
            handle(number)
        time.sleep(0.01)
        now = time.monotonic()
        longest = max(longest, now - before)
        before = now
        ticks += 1
        if now - second >= 1:
            print("ticks", ticks, "longest_ms", int(longest * 1000), "traced", int(is_traced()), flush=True)
            second, ticks, longest = now, 0, 0


main()
