# Starts tracemalloc in the target, unless somebody has started it already.
def _leakwatch(setup):
    import sys, tracemalloc

    is_ours = not tracemalloc.is_tracing()
    if is_ours:
        tracemalloc.start(setup["frames"])
        sys._leakwatch_tracing = setup["run"]
    return {"is_ours": is_ours}
