"""Starts a job every so often, as cron would: batch.py EVERY_SECONDS MIB JOB_SECONDS"""
import subprocess
import sys
import time

JOB = """
import sys, time
rows = []
mib, seconds = int(sys.argv[1]), float(sys.argv[2])
for _ in range(mib):
    rows.append(b"r" * 1048576)
    time.sleep(seconds / mib)
"""
every, mib, seconds = float(sys.argv[1]), sys.argv[2], sys.argv[3]
while True:
    begun = time.monotonic()
    subprocess.run([sys.executable, "-c", JOB, mib, seconds], check=False)
    time.sleep(max(0, every - (time.monotonic() - begun)))
