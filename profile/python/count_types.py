# Counts the objects that the collector tracks, by type. Runs in the target, at its main thread's next safe point.
def _leakwatch(setup):
    import gc, sys, time

    began = time.time()
    objects = gc.get_objects()
    instances = {}
    for one in objects:
        kind = type(one)
        if kind in instances:
            instances[kind].append(one)
        else:
            instances[kind] = [one]

    tracked, getsizeof = gc.is_tracked, sys.getsizeof
    containers = (dict, list, tuple, set, frozenset, bytearray)
    code = (type, type(gc), type(_leakwatch), type(gc.collect))

    # Bytes of one object with what it alone refers to: its own dict, strings and containers, not other objects of the
    # program. References that say nothing: the list of referents, the loop's name, the argument, the owner, and for what
    # the collector tracks the two lists above.
    def measure(one, depth):
        size = getsizeof(one)
        for part in gc.get_referents(one):
            if isinstance(part, code) or sys.getrefcount(part) > (6 if tracked(part) else 4):
                continue
            if not tracked(part) and not isinstance(part, containers):
                size += getsizeof(part)
            elif depth > 0 and isinstance(part, containers):
                size += measure(part, depth - 1)
        return size

    types = {}
    largest = sorted(instances.items(), key=lambda item: -len(item[1]))[: setup["types"]]
    for kind, found in largest:
        name = "%s.%s" % (kind.__module__, getattr(kind, "__qualname__", kind.__name__))
        size = None
        if kind.__module__ != "builtins" and kind not in code:
            sample = found[:: max(1, len(found) // setup["samples"])]
            try:
                size = sum(measure(one, 2) for one in sample) / len(sample) * len(found)
            except Exception:
                pass
        old = types.get(name)
        types[name] = [len(found), size] if old is None else [len(found) + old[0], None]
    return {"objects": len(objects), "milliseconds": (time.time() - began) * 1000, "types": types}
