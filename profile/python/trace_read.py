# Reads what tracemalloc recorded since leakwatch started it, and stops it.
def _leakwatch(setup):
    import gc, sys, time, tracemalloc

    if getattr(sys, "_leakwatch_tracing", None) != setup["run"]:
        return {"error": "tracemalloc is no longer that of this profile"}
    began = time.time()
    overhead = tracemalloc.get_tracemalloc_memory()
    snapshot = tracemalloc.take_snapshot()
    tracemalloc.stop()
    del sys._leakwatch_tracing
    largest = snapshot.statistics("traceback")[: setup["sites"]]

    # tracemalloc knows lines, not functions: those that are alive tell which lines are theirs.
    files = set(frame.filename for one in largest for frame in one.traceback)
    functions = {}
    for one in gc.get_objects():
        if type(one) is type(_leakwatch) and one.__code__.co_filename in files:
            for _, _, line in getattr(one.__code__, "co_lines", tuple)():
                functions[one.__code__.co_filename, line] = one.__qualname__ + " "

    sites = []
    for one in largest:
        frames = [
            "%s%s:%d" % (functions.get((frame.filename, frame.lineno), ""), frame.filename, frame.lineno)
            for frame in reversed(one.traceback)
        ]
        sites.append({"live_bytes": one.size, "count": one.count, "stack": frames})
    milliseconds = (time.time() - began) * 1000
    return {"milliseconds": milliseconds, "overhead_bytes": overhead, "sites": sites}
