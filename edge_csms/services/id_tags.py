"""What happens with idTags: they are judged, and kept by the technicians."""

from datetime import datetime
from typing import Any

from edge_csms.domain import authorization
from edge_csms.domain.errors import Conflict, Invalid, NotFound
from edge_csms.domain.model import IdTag, Verdict, fold
from edge_csms.storage import id_tags

MAX_LENGTH = 20  # of an idTag on the wire


def judge(id_tag: str, now: datetime, accept_unknown: bool) -> Verdict:
    """Say what an Authorize for this tag is answered."""
    return authorization.decide(id_tags.get(id_tag), now, accept_unknown=accept_unknown)


def authorize(id_tag: str, now: datetime, accept_unknown: bool) -> tuple[bool, Verdict]:
    """Say whether the site knows a tag, and what an Authorize for it is answered."""
    tag = id_tags.get(id_tag)
    return tag is not None, authorization.decide(tag, now, accept_unknown=accept_unknown)


def same_group(id_tag: str, other: str | None) -> bool:
    """Say whether one tag may end what the other began: the same tag, or one of the same parent."""
    if other is None or fold(id_tag) == fold(other):
        return other is not None
    parent, other_parent = parent_of(id_tag), parent_of(other)
    return parent is not None and other_parent is not None and fold(parent) == fold(other_parent)


def parent_of(id_tag: str) -> str | None:
    """Give the group of a tag, None where it has none or the tag is unknown."""
    tag = id_tags.get(id_tag)
    return None if tag is None else tag.parent_id_tag


def check(id_tag: str, field: str = "id_tag") -> None:
    """Refuse a text that no charger could send; raises Invalid."""
    if not 1 <= len(id_tag) <= MAX_LENGTH or not id_tag.isprintable() or id_tag != id_tag.strip():
        text = f"an idTag has 1 to {MAX_LENGTH} printable characters and no space at its ends"
        raise Invalid(text, {field: [text]})


def get(id_tag: str) -> IdTag:
    """Find a tag; raises NotFound."""
    found = id_tags.get(id_tag)
    if found is None:
        raise NotFound(f"there is no idTag {id_tag}")
    return found


def list_(after: str, limit: int, search: str = "") -> list[IdTag]:
    """List tags in the order of their text from behind `after`."""
    return id_tags.list_(after=after, limit=limit, search=search)


def add(tag: IdTag, now: datetime) -> IdTag:
    """Store a new tag; raises Conflict when it exists, Invalid for a text that no charger could send."""
    check(tag.id_tag)
    if tag.parent_id_tag is not None:
        check(tag.parent_id_tag, "parent_id_tag")
    if not id_tags.add(tag, now):
        raise Conflict(f"there is an idTag {tag.id_tag} already")
    return tag


def update(id_tag: str, changes: dict[str, Any]) -> IdTag:
    """Change a tag; raises NotFound."""
    if (parent := changes.get("parent_id_tag")) is not None:
        check(parent, "parent_id_tag")
    if changes and not id_tags.update(id_tag, changes):
        raise NotFound(f"there is no idTag {id_tag}")
    return get(id_tag)


def delete(id_tag: str, now: datetime) -> None:
    """Retire a tag; raises NotFound."""
    if not id_tags.delete(id_tag, now):
        raise NotFound(f"there is no idTag {id_tag}")
