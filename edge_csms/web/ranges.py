"""Parts of a file that are asked for, so that a broken download goes on where it ended (RFC 9110 §14)."""

import re

RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{1,18})?|-(\d{1,18}))")


class NotSatisfiable(Exception):
    """The file has no such part."""


def part_of(size: int, wanted: str | None) -> tuple[int, int] | None:
    """Give start and stop of the part of a file that a Range header asks for; None for the whole file.

    What can't be read, and several parts at once, count as nothing asked. Raises NotSatisfiable.
    """
    found = RANGE.fullmatch((wanted or "").replace(" ", "").lower())
    if found is None:
        return None
    first, last, suffix = found.groups()
    if suffix is not None:
        start, stop = max(0, size - int(suffix)), size
    else:
        start, stop = int(first), size if last is None else min(size, int(last) + 1)
        if last is not None and int(last) < start:
            return None  # no range at all
    if start >= stop:
        raise NotSatisfiable
    return start, stop
