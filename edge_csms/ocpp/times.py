"""Times on the wire: read as tolerantly as their meaning allows, written to the letter."""

from datetime import UTC, datetime, timedelta, tzinfo

# RFC 3339 as the JSON schemas ask for it. A pattern cannot know the length of a month; `parse` does.
# The (?!\n) is there because Python's $ also matches before a last newline.
STANDARD_PATTERN = (
    r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)"
    r"(\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$(?!\n)"
)

_TIME_STARTS_AT = 10  # behind YYYY-MM-DD


def parse(text: str | None, zone: tzinfo = UTC) -> datetime | None:
    """Read a time as aware UTC, or return None if its meaning is in doubt. One that names no zone is in `zone`."""
    if text is None:
        return None
    try:
        return _read(text, zone)
    except ValueError:
        return _parse_odd(text, zone)
    except OverflowError:
        return None


def format(moment: datetime, *, milliseconds: bool = False) -> str:
    """Write an aware time as YYYY-MM-DDTHH:MM:SSZ, or with .mmm; some chargers read nothing else."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds" if milliseconds else "seconds")
    return text.removesuffix("+00:00") + "Z"


def _read(text: str, zone: tzinfo) -> datetime:
    if text[_TIME_STARTS_AT : _TIME_STARTS_AT + 1] not in ("T", " "):
        raise ValueError("no time of day where it should begin")
    moment = datetime.fromisoformat(text)
    return (moment.replace(tzinfo=zone) if moment.tzinfo is None else moment).astimezone(UTC)


def _parse_odd(text: str, zone: tzinfo) -> datetime | None:
    """Read what needs a second look: lower case, spaces around, the word UTC, a leap second."""
    text = text.strip(" \t\r\n\0").upper().replace(" UTC", "Z").replace("UTC", "Z").replace(" Z", "Z")
    is_leap_second = text[16:19] == ":60"
    if is_leap_second:
        text = text[:16] + ":59" + text[19:]
    try:
        return _read(text, zone) + timedelta(seconds=is_leap_second)
    except (ValueError, OverflowError):
        return None
