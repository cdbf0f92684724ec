"""Patterns for makes, models and firmware versions, as people write them: globs, alternatives with | between them."""

from fnmatch import fnmatchcase


def matches(text: str | None, pattern: str) -> bool:
    """Say whether a text fits a pattern, without regard to case and outer space; one that is unknown is empty."""
    folded = (text or "").strip().casefold()
    return any(fnmatchcase(folded, one.strip()) for one in pattern.casefold().split("|"))
