"""A small threaded service on Python: server.py PORT WAY [BYTES [ENTRIES_OR_SECONDS]]"""
import collections
import functools
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

port, way = int(sys.argv[1]), sys.argv[2]
size = int(sys.argv[3]) if len(sys.argv) > 3 else 4096
limit = int(sys.argv[4]) if len(sys.argv) > 4 else 1000
requests = 0
history, by_request, sessions = [], {}, collections.OrderedDict()


@functools.lru_cache(maxsize=limit)
def rendered(page):
    return b"%d" % page + b"p" * size


def remember_in_list():
    history.append(b"h" * size)


def remember_in_dict():
    by_request[requests] = {"id": requests, "headers": {"agent": "a" * 64}, "body": b"b" * size}


def keep_session():
    """Sessions end `limit` seconds after they began."""
    now = time.monotonic()
    sessions[requests] = (now, b"s" * size)
    while sessions:
        first = next(iter(sessions))
        if now - sessions[first][0] < limit:
            break
        del sessions[first]


def render():
    rendered(requests * 7919 % (limit * 3))


WAYS = {
    "plain": lambda: None,
    "list": remember_in_list,
    "dict": remember_in_dict,
    "sessions": keep_session,
    "lru": render,
}


def work():
    rows = [{"id": i, "name": "row %d of %d" % (i, requests)} for i in range(200)]
    return len(json.loads(json.dumps(rows)))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        global requests
        requests += 1
        WAYS[way]()
        body = b"%d\n" % work()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
