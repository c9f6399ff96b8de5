"""Leaks: 2 MiB/s into a list that nobody empties."""
import os
import time

kept, begin = [], time.monotonic()
while True:
    while len(kept) < (time.monotonic() - begin) * 8:
        kept.append(os.urandom(256) * 1024)
    time.sleep(0.1)
