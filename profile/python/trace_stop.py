# Stops tracemalloc where this run of leakwatch started it: the undo.
def _leakwatch(setup):
    import sys, tracemalloc

    is_ours = getattr(sys, "_leakwatch_tracing", None) == setup["run"]
    if is_ours:
        tracemalloc.stop()
        del sys._leakwatch_tracing
    return {"stopped": is_ours}
