"""How often and how large: short for every run of the tests, long for `make torture`, or any number that is asked for.

EDGE_CSMS_ROUNDS is "long" or a number of rounds.
"""

import os

ASKED = os.environ.get("EDGE_CSMS_ROUNDS", "")
IS_LONG = ASKED == "long"
LENIENCE = 5  # times what is promised passes: other programs share the machine that runs these tests


def rounds(short: int, long: int) -> int:
    """Give the number of rounds."""
    return int(ASKED) if ASKED.isdecimal() else size(short, long)


def size(short: int, long: int) -> int:
    """Give how many chargers, messages or seconds a round has."""
    return long if IS_LONG else short
