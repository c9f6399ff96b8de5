"""Healthy: fills 60 MiB in six seconds, lets go of all of it, and begins again."""
import mmap
import time

while True:
    held = []
    for _ in range(12):
        block = mmap.mmap(-1, 5 * 1024 * 1024)
        for at in range(0, len(block), 4096):
            block[at] = 1
        held.append(block)
        time.sleep(0.5)
    for block in held:
        block.close()
