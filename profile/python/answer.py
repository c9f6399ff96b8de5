# Writes what _leakwatch returns. Whole or not at all: the name appears once the text is complete.
def _leakwatch_answer(setup):
    import json, os

    try:
        answer = _leakwatch(setup)
    except Exception as error:
        answer = {"error": "%s: %s" % (type(error).__name__, error)}
    draft = setup["answer"] + ".part"
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        os.write(file, json.dumps(answer).encode("ascii"))
    finally:
        os.close(file)
    os.rename(draft, setup["answer"])


