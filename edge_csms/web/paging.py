"""Lists in parts: `?limit=&cursor=` in, `{"items": [...], "next": ...}` out."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Generic, TypeVar

import msgspec

from edge_csms.domain.errors import Invalid

T = TypeVar("T")

MAX_PAGE = 1000

# A time in a query or body: without its zone nobody knows which one is meant.
Time = Annotated[datetime, msgspec.Meta(tz=True, description="With its zone, e.g. 2026-11-24T12:00:00Z.")]


class PageQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Base of queries for lists."""

    limit: Annotated[int, msgspec.Meta(ge=1, description=f"How many items, at most {MAX_PAGE} whatever is asked.")] = (
        100
    )
    cursor: Annotated[str, msgspec.Meta(description="`next` of the page before.")] | None = None

    def __post_init__(self) -> None:
        self.limit = min(self.limit, MAX_PAGE)


class Page(msgspec.Struct, Generic[T]):
    """A part of a list; `next` is the cursor for the part that follows, if one does."""

    items: list[T]
    next: str | None


def page(found: list[T], limit: int, cursor: Callable[[T], str | int]) -> Page[T]:
    """Make a page from up to limit + 1 found items; the one too many says that more follow."""
    items = found[:limit]
    return Page(items, str(cursor(items[-1])) if len(found) > limit else None)


def cursor_number(cursor: str | None) -> int | None:
    """Read a cursor that is a number; raises Invalid."""
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 19):
        raise Invalid("cursor: not one of ours", {"cursor": ["Not the `next` of a page."]})
    return int(cursor)
