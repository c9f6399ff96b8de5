"""A parent that accepts with four forked workers: prefork.py PORT WAY [BYTES [MAX_REQUESTS]]

recycled: each worker loses BYTES per request and is replaced after MAX_REQUESTS, as gunicorn's --max-requests does.
parent: the workers report each request to the parent, which keeps the reports, and with it every worker forked later.
"""
import os
import signal
import socket
import sys

port, way = int(sys.argv[1]), sys.argv[2]
size = int(sys.argv[3]) if len(sys.argv) > 3 else 16384
max_requests = int(sys.argv[4]) if len(sys.argv) > 4 else 300
listener = socket.create_server(("127.0.0.1", port), backlog=64)
from_workers, to_parent = os.pipe()
kept = []


def serve():
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for _ in range(max_requests + os.getpid() % 50):
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            sum(len(str(i) * 3) for i in range(2000))
            if way == "recycled":
                kept.append(b"r" * size)
            os.write(to_parent, b".")
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
    os._exit(0)


def fork():
    if os.fork() == 0:
        serve()


for _ in range(4):
    fork()
while True:
    for _ in os.read(from_workers, 4096):
        if way == "parent":
            kept.append(b"p" * size)
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            fork()
    except ChildProcessError:
        pass
