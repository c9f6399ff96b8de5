"""Healthy: holds 100 MiB and keeps writing to it."""
import os
import time

kept = bytearray(os.urandom(1024)) * (100 * 1024)
while True:
    for at in range(0, len(kept), 4096):
        kept[at] = (kept[at] + 1) % 256
    time.sleep(0.5)
