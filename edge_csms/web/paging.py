"""Lists in parts: `?limit=&cursor=` in, `{"items": [...], "next": ...}` out."""

from collections.abc import Callable
from typing import Annotated, Generic, TypeVar

import msgspec

T = TypeVar("T")

MAX_PAGE = 1000


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
