# Writes what _leakwatch returns into a file that is there already, with a newline behind it: where leakwatch has removed
# it meanwhile, nothing is written and nothing is left.
def _leakwatch_answer(setup):
    import json, os

    try:
        answer = _leakwatch(setup)
    except Exception as error:
        answer = {"error": "%s: %s" % (type(error).__name__, error)}
    file = os.open(setup["answer"], os.O_WRONLY | os.O_NOFOLLOW)
    try:
        text = json.dumps(answer).encode("ascii") + b"\n"
        while text:
            text = text[os.write(file, text) :]
    finally:
        os.close(file)


