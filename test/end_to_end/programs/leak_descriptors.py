"""Leaks: four descriptors a second."""
import os
import time

kept, begin = [], time.monotonic()
while True:
    while len(kept) < (time.monotonic() - begin) * 4:
        kept.append(os.open("/dev/null", os.O_RDONLY))
    time.sleep(0.05)
