# Counts the objects that the collector tracks, by type, and follows who holds those that grew. Runs in the target, at its
# main thread's next safe point: it calls no code of the program (no __len__, __eq__, __hash__ or __class__ of its types).
def _leakwatch(setup):
    import gc, json, sys, time

    began = time.time()
    objects = gc.get_objects()
    instances = {}
    for one in objects:
        kind = type(one)
        if id(kind) in instances:
            instances[id(kind)][1].append(one)
        else:
            instances[id(kind)] = kind, [one]

    tracked, getsizeof = gc.is_tracked, sys.getsizeof
    containers = (dict, list, tuple, set, frozenset, bytearray)
    code = (type, type(gc), type(_leakwatch), type(gc.collect))

    # Bytes of one object with what it alone refers to: its own dict, strings and containers, not other objects of the
    # program. References that say nothing: the list of referents, the loop's name, the argument, the owner, and for what
    # the collector tracks the two lists above.
    def measure(one, depth):
        size = getsizeof(one)
        for part in gc.get_referents(one):
            kind = type(part)
            if issubclass(kind, code) or sys.getrefcount(part) > (6 if tracked(part) else 4):
                continue
            if not tracked(part) and kind not in containers:
                size += getsizeof(part)
            elif depth > 0 and issubclass(kind, containers):
                size += measure(part, depth - 1)
        return size

    def name_of(kind):
        module = type.__dict__["__module__"].__get__(kind)
        qualified = type.__dict__["__qualname__"].__get__(kind)
        return "%s.%s" % (module if type(module) is str else "?", qualified)

    types, grown = {}, []
    before = json.loads(setup["before"])
    largest = sorted(instances.values(), key=lambda item: -len(item[1]))[: setup["types"]]
    for kind, found in largest:
        name, size = name_of(kind), None
        if not name.startswith("builtins.") and not issubclass(kind, code):
            sample = found[:: max(1, len(found) // setup["samples"])]
            try:
                size = sum(measure(one, 2) for one in sample) / len(sample) * len(found)
            except Exception:
                pass
            grown.append((len(found) - before.get(name, 0), name, found))
        old = types.get(name)
        types[name] = [len(found), size] if old is None else [len(found) + old[0], None]

    holders = {}
    if before:
        ours = set(id(found) for _, found in largest) | set((id(objects), id(instances), id(largest), id(grown)))
        for growth, name, found in sorted(grown, key=lambda item: -item[0])[: setup["holders"]]:
            if growth > 0:
                chains = [_leakwatch_holders(found[at], ours) for at in (-1, len(found) // 2, 0)]
                holders[name] = max(chains, key=len)
    milliseconds = (time.time() - began) * 1000
    return {"objects": len(objects), "milliseconds": milliseconds, "types": types, "holders": holders}


# Who holds an object: phrases, nearest first, up to a module's variable or a class.
def _leakwatch_holders(one, ours):
    import gc, sys, types

    modules = {}
    for name, module in list(sys.modules.items()):
        if type(module) is types.ModuleType:
            modules[id(module.__dict__)] = name
    lengths = {list: list.__len__, tuple: tuple.__len__, dict: dict.__len__, set: set.__len__}
    phrases, seen = [], set(ours)

    def length(holder):
        base = next((base for base in lengths if issubclass(type(holder), base)), None)
        return 0 if base is None else lengths[base](holder)

    def key_of(holder, part):
        return next(("%s" % key for key, value in list(dict.items(holder)) if value is part and type(key) is str), "?")

    def owner_of(attributes):
        for each in gc.get_referrers(attributes):
            if id(each) not in seen and not issubclass(type(each), (types.FrameType, dict, list, tuple)):
                try:
                    if object.__getattribute__(each, "__dict__") is attributes:
                        return each
                except Exception:
                    pass
        return None

    while len(phrases) < 8:
        seen.add(id(one))
        referrers = gc.get_referrers(one)
        seen.add(id(referrers))
        candidates = [
            each for each in referrers if id(each) not in seen and not issubclass(type(each), (types.FrameType, getattr(types, "CellType", types.FrameType)))
        ]
        seen.add(id(candidates))
        module = next((each for each in candidates if id(each) in modules), None)
        if module is not None:
            phrases.append("%s.%s" % (modules[id(module)], key_of(module, one)))
            break
        if not candidates:
            break
        # What holds many is the collection that grows.
        found = max(candidates, key=length)
        kind = type(found)
        if issubclass(kind, type):
            phrases.append("class %s" % type.__dict__["__qualname__"].__get__(found))
            break
        owner = owner_of(found) if kind is dict else None
        if owner is not None:
            phrases.append("%s.%s" % (type(owner).__name__, key_of(found, one)))
            seen.add(id(found))
            found = owner
        elif length(found) > 0:
            phrases.append("%s of %d" % (kind.__name__, length(found)))
        else:
            try:
                attributes = object.__getattribute__(found, "__dict__")
            except Exception:
                attributes = None
            name = key_of(attributes, one) if type(attributes) is dict else "?"
            phrases.append(kind.__name__ if name == "?" else "%s.%s" % (kind.__name__, name))
        one = found
    return phrases
