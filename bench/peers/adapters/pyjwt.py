"""Answers questions about tokens with PyJWT: a line of JSON in, a line of JSON out, in order.

PyJWT cannot be told the time, so the class that it reads the clock from is replaced by one that stands still.
"""

import base64
import datetime
import json
import sys

import jwt
import jwt.api_jws
import jwt.api_jwt
from cryptography.hazmat.primitives.serialization import load_pem_public_key


class StandingClock(datetime.datetime):
    """A datetime whose now() is the time of the question."""

    seconds = None

    @classmethod
    def now(cls, tz=None):
        if cls.seconds is None:
            return datetime.datetime.now(tz)
        return datetime.datetime.fromtimestamp(cls.seconds, tz)


def answer(question):
    key = question["key"]
    if "secret" in key:
        material = base64.b64decode(key["secret"])
    else:
        material = load_pem_public_key(key["pem"].encode("utf-8"))
    token = question["token"]
    if question["method"] == "jws":
        payload = jwt.api_jws.PyJWS().decode(token, material, algorithms=question["algorithms"])
        return base64.b64encode(payload).decode("ascii")
    return jwt.decode(
        token,
        material,
        algorithms=question["algorithms"],
        issuer=question["issuer"],
        audience=question["audience"],
        leeway=question["leeway"],
        # Without this, a token that has an audience would be refused where none is asked for.
        options={"require": question["require"], "verify_aud": question["audience"] is not None},
    )


def main():
    jwt.api_jwt.datetime = StandingClock
    for line in sys.stdin:
        question = json.loads(line)
        StandingClock.seconds = question["now"]
        try:
            reply = {"payload": answer(question)}
        except RecursionError as error:
            reply = {"refused": f"RecursionError: {error}"}
        except Exception as error:  # any exception is a refusal
            reply = {"refused": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply, default=str), flush=True)


if __name__ == "__main__":
    main()
