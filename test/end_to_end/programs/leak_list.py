"""Leaks: 2 MiB/s into a list that nobody empties."""
import os
import time

with open("/proc/self/comm", "w") as name:
    name.write("leak_list")  # alone under its name, whatever other tests leak: three python3 would be one finding

kept, begin = [], time.monotonic()
while True:
    while len(kept) < (time.monotonic() - begin) * 8:
        kept.append(os.urandom(256) * 1024)
    time.sleep(0.1)
