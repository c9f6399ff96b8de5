"""Makes the kernel's own memory grow from user space, steadily, until it is killed.

kernel_leaks.py KIND [DIRECTORY]; each keeps time on the monotonic clock, so that a busy machine makes a step late but the rate true.
"""
import ctypes, mmap, os, resource, socket, struct, subprocess, sys, threading, time


def steps(per_second):
    """Numbers 0, 1, 2 … as they fall due."""
    begin, made = time.monotonic(), 0
    while True:
        while made < (time.monotonic() - begin) * per_second:
            yield made
            made += 1
        time.sleep(0.05)


def page_tables(_):
    # Reading untouched memory maps the shared zero page: no memory of its own, but a page table per 2 MiB.
    kept = mmap.mmap(-1, 512 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | getattr(mmap, "MAP_NORESERVE", 0x4000))
    kept.madvise(getattr(mmap, "MADV_NOHUGEPAGE", 15))
    for i in steps(1500):
        kept[i << 21]


def sockets(_):
    resource.setrlimit(resource.RLIMIT_NOFILE, (20_000, 20_000))
    kept = []
    for _ in steps(180):
        kept.append(socket.socket(socket.AF_UNIX))


def filters(_):
    # A socket's packet filter of 4,096 instructions lies, translated, in some 56 KiB of vmalloc memory.
    resource.setrlimit(resource.RLIMIT_NOFILE, (20_000, 20_000))
    load, accept = struct.pack("HBBI", 0x00, 0, 0, 1), struct.pack("HBBI", 0x06, 0, 0, 0xFFFFFFFF)
    program = ctypes.create_string_buffer(load * 4095 + accept)
    kept = []
    for _ in steps(15):
        kept.append(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        kept[-1].setsockopt(socket.SOL_SOCKET, getattr(socket, "SO_ATTACH_FILTER", 26), struct.pack("HL", 4096, ctypes.addressof(program)))


def namespaces(_):
    # Nobody lives in them; a descriptor that somebody forgot keeps each alive.
    unshare, kept = ctypes.CDLL(None, use_errno=True).unshare, []
    for _ in steps(5):
        if unshare(0x40000000) != 0:  # CLONE_NEWNET
            raise OSError(ctypes.get_errno(), "unshare")
        kept.append(os.open("/proc/self/ns/net", os.O_RDONLY))


def dentries(directory):
    # The kernel remembers names that do not exist, too.
    for i in steps(10_000):
        os.path.exists(f"{directory}/nothing-{i}")


def threads(_):
    threading.stack_size(64 * 1024)
    wait = threading.Event().wait
    for _ in steps(100):
        threading.Thread(target=wait, daemon=True).start()


def cgroups(directory):
    for i in steps(15):
        os.mkdir(f"{directory}/left-{i}")


def dying_cgroups(directory):
    # A file in memory that is charged to a cgroup keeps it alive after its removal.
    for i in steps(6):
        group = f"{directory}/dying-{i}"
        os.mkdir(group)
        subprocess.run(
            ["/bin/sh", "-c", 'echo $$ > "$1/cgroup.procs" && head -c 65536 /dev/zero > "/dev/shm/leakwatch-e2e-$2"', "sh", group, str(i)],
            check=True,
        )
        while True:
            try:
                os.rmdir(group)
                break
            except OSError:
                time.sleep(0.01)


globals()[sys.argv[1]](sys.argv[2] if len(sys.argv) > 2 else None)
