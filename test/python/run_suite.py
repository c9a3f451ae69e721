"""Asks PyJWT every question of spec-vectors: the suite in another language, with nothing of this project's code.

    /usr/bin/python3 test/python/run_suite.py [spec-vectors folder]

Needs Debian's python3-jwt and python3-cryptography, and fails without them. Exits 1 if a question could not be asked or
was not answered in time, if a valid token is refused or a MUST accepted without a reason given below, or if there was
nothing to ask.
"""

import base64
import collections
import glob
import json
import os
import signal
import sys

sys.dont_write_bytecode = True  # the checkout stays as it is

from pyjwt_adapter import NotApplicable, Refused, verify

SECONDS_PER_QUESTION = 5

WHOLE_SECONDS = "PyJWT cuts the fraction off the time and off exp, and so is up to a second early."
REFUSED_THOUGH_VALID = {
    ("times", 'A quarter of a second before "exp".'): WHOLE_SECONDS,
    ("times", 'A quarter of a second before "exp", in the same second.'): WHOLE_SECONDS,
    ("times", '59.75 seconds after "exp".'): WHOLE_SECONDS,
}
WEAKNESSES = {
    "A3": "takes HMAC keys of any length",
    "B7": "takes RSA keys of any size",
    "D4": "decodes base64url leniently",
    "D7": "reads UTF-16, and surrogates in UTF-8, as JSON",
    "D8": "reads NaN and Infinity as JSON",
    "F1": "reads a string as a number in exp",
    "F5": "reads strings and booleans as numbers in nbf",
    "F6": "reads booleans as numbers in iat",
    "F7": "cuts the fraction off nbf",
}

HEAD = ("file", "valid: accepted", "refused", "may refuse: accepted", "refused", "MUST: refused", "accepted",
        "SHOULD: refused", "accepted", "not applicable")
COLUMNS = [(level, good) for level in ("valid", "may refuse", "MUST", "SHOULD") for good in (True, False)]


class NoAnswer(BaseException):
    """Not an Exception, so that nobody who catches those takes it for a refusal."""


def too_late(*_):
    raise NoAnswer(f"no answer within {SECONDS_PER_QUESTION} seconds")


def questions(folder):
    """(file, test, kind, question): a test's own keys and now replace its group's, its policy member by member."""
    for path in sorted(glob.glob(os.path.join(folder, "*.json"))):
        if os.path.basename(path) == "schema.json":
            continue
        with open(path, encoding="utf-8") as text:
            groups = json.load(text)["testGroups"]
        for group in groups:
            for test in group["tests"]:
                policy = {**group.get("policy", {}), **test.get("policy", {})}
                yield os.path.basename(path)[:-5], test, group["type"], {**group, **test, "policy": policy}


def expected(kind, question):
    if kind == "jws":
        return question["payload"]
    return json.loads(base64.urlsafe_b64decode(question["token"].split(".")[1] + "=="))


def is_right(test, kind, question):
    """Whether PyJWT says of the question what the suite says of it."""
    signal.setitimer(signal.ITIMER_REAL, SECONDS_PER_QUESTION)
    try:
        got = verify(kind, question)
    except Refused:
        return test["result"] == "invalid"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return test["result"] == "valid" and got == expected(kind, question)


def level_of(test):
    if test["result"] == "valid":
        return "may refuse" if test.get("level") == "SHOULD" else "valid"
    return test["level"]


def explanation(file, test, level):
    if level == "valid":
        return REFUSED_THOUGH_VALID.get((file, test["comment"]))
    return next((WEAKNESSES[flag] for flag in test["flags"] if flag in WEAKNESSES), None)


def show(counts):
    total = sum(counts.values(), collections.Counter())
    rows = [HEAD] + [
        (name, *(str(count[column]) for column in COLUMNS), str(count["not applicable"]))
        for name, count in [*counts.items(), ("all", total)]
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEAD))]
    for row in rows:
        print("  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                        for i, (cell, width) in enumerate(zip(row, widths))))
    return total


def main(folder):
    signal.signal(signal.SIGALRM, too_late)
    counts, faults, explained = collections.defaultdict(collections.Counter), [], collections.Counter()
    for file, test, kind, question in questions(folder):
        name, level = f"{file} {test['tcId']} {test['comment']}", level_of(test)
        try:
            right = is_right(test, kind, question)
        except NotApplicable:
            counts[file]["not applicable"] += 1
            continue
        except (Exception, NoAnswer) as error:
            faults.append(f"could not be asked: {name} {type(error).__name__}: {error}")
            continue
        counts[file][level, right] += 1
        if right or level in ("may refuse", "SHOULD"):
            continue
        reason = explanation(file, test, level)
        if reason is None:
            faults.append(f"{'valid, refused' if level == 'valid' else 'MUST, accepted'}: {name} {test['flags']}")
        else:
            explained[f"{level}: PyJWT {reason}" if level == "MUST" else f"valid: {reason}"] += 1
    total = show(counts)
    for reason, count in sorted(explained.items()):
        print(f"explained, {count} x {reason}")
    if not total["valid", True] or not total["MUST", True]:
        faults.append(f"there was nothing to ask in {folder}")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    HERE = os.path.dirname(os.path.abspath(__file__))
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "..", "..", "spec-vectors")))
