"""
Looks like a HotSpot JVM that can be attached to: maps libjvm.so (the first argument), catches SIGQUIT, opens the socket. What
it answers is the second argument: endless, rubbish, silent, or dies.
"""

import mmap
import os
import signal
import socket
import sys
import threading
import time

library = open(sys.argv[1], "rb")
mapped = mmap.mmap(library.fileno(), 0, prot=mmap.PROT_READ)
path = "/tmp/.java_pid%d" % os.getpid()


def answer(connection):
    if sys.argv[2] == "dies":
        os.remove(path)
        os._exit(0)
    if sys.argv[2] == "rubbish":
        connection.sendall(b"\xff\xfe{]\n" * 1000)
        connection.close()
    while sys.argv[2] == "endless":
        connection.sendall(b"0\n" + b" 1: 1 1 A\n" * 100000)
    while sys.argv[2] == "silent":
        time.sleep(1)


def serve():
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen()
    while True:
        try:
            answer(server.accept()[0])
        except OSError:
            pass


def stop(*_):
    os.remove(path)
    os._exit(0)


signal.signal(signal.SIGQUIT, lambda *_: threading.Thread(target=serve, daemon=True).start())
signal.signal(signal.SIGTERM, stop)
while True:
    print("ticks 1 longest_ms 0", flush=True)
    time.sleep(0.2)
