"""The local authorization list: whom a charge point lets charge while it is offline (OCPP 1.6 §3.5, §5.10, §5.15)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from edge_csms.domain import authorization
from edge_csms.domain.model import AuthorizationStatus, IdTag, fold

HIGHEST_VERSION = 2**31 - 1
UNSUPPORTED = -1  # version of a charge point that can have no list
DEFAULT_CHUNK = 20  # entries in one message, where a charge point doesn't say; long ones make some hang up


@dataclass(frozen=True, slots=True)
class Entry:
    """A tag of a list, with the verdict on it."""

    id_tag: str
    status: AuthorizationStatus
    expires_at: datetime | None = None
    parent_id_tag: str | None = None

    def as_of(self, now: datetime) -> "Entry":
        """Give it as a charge point judges it at a time: an expiry needs no message."""
        is_over = self.expires_at is not None and self.expires_at <= now
        if not is_over or self.status is not AuthorizationStatus.ACCEPTED:
            return self
        return replace(self, status=AuthorizationStatus.EXPIRED)


@dataclass(frozen=True, slots=True)
class Update:
    """One message: the whole list or its first part, or what is different."""

    version: int
    is_full: bool
    entries: tuple[Entry, ...]
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """What must happen to a list."""

    put: tuple[Entry, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.put or self.removed)


@dataclass(frozen=True, slots=True)
class LocalAuthList:
    """The list of a charge point, as far as we sent it and the charge point took it."""

    enabled: bool = False  # kept in step by itself
    supported: bool | None = None  # as it answered
    version: int = 0  # the newest that it took
    entries: tuple[Entry, ...] | None = None  # under that version; None = nobody knows
    sent_at: datetime | None = None
    version_read: int | None = None  # since it was sent
    read_at: datetime | None = None
    outcome: str = ""

    @property
    def is_confirmed(self) -> bool:
        """Say whether the charge point does not contradict that it has our version; an empty list has version 0."""
        empty = self.entries == () and self.version_read == 0
        return empty or self.version_read in (None, self.version)

    @property
    def next_version(self) -> int:
        """Give the version for the next message: above all that there was, and never 0 (errata 3.52)."""
        following = max(self.version, self.version_read or 0, 0) + 1
        return following if following < HIGHEST_VERSION else 1


def make_entries(tags: Iterable[IdTag], now: datetime, max_length: int | None = None) -> tuple[Entry, ...]:
    """Make a list of tags; where not all find room, those that may charge go before those that may not."""
    entries = [_entry(tag, now) for tag in tags]
    entries.sort(key=lambda entry: (entry.status is not AuthorizationStatus.ACCEPTED, fold(entry.id_tag)))
    return tuple(entries[:max_length])


def compare(held: Iterable[Entry], wanted: Iterable[Entry], now: datetime) -> Changes:
    """Find what must happen to a list so that it says what is wanted."""
    have = {fold(entry.id_tag): entry.as_of(now) for entry in held}
    want = {fold(entry.id_tag): entry for entry in wanted}
    put = tuple(entry for folded, entry in want.items() if not _is_same(have.get(folded), entry.as_of(now)))
    return Changes(put, tuple(entry.id_tag for folded, entry in have.items() if folded not in want))


def plan(
    known: LocalAuthList, wanted: tuple[Entry, ...], now: datetime, *, chunk: int = DEFAULT_CHUNK, full: bool = False
) -> list[Update]:
    """Give the messages that bring a list in step: none, what is different, or the whole where that is shorter."""
    changes = Changes() if known.entries is None else compare(known.entries, wanted, now)
    if not full and known.entries is not None and known.is_confirmed and not changes:
        return []
    first = known.next_version
    few = len(changes.put) + len(changes.removed) < max(1, len(wanted))
    if full or known.entries is None or not known.is_confirmed or not few or first == 1:
        return _in_chunks(first, wanted, (), chunk, is_full=True)
    return _in_chunks(first, changes.put, changes.removed, chunk, is_full=False)


def apply(held: tuple[Entry, ...] | None, update: Update) -> tuple[Entry, ...] | None:
    """Give what a list holds after an update; what was unknown stays so unless the update is a full one."""
    if update.is_full:
        held = ()
    if held is None:
        return None
    entries = {fold(entry.id_tag): entry for entry in held}
    entries.update((fold(entry.id_tag), entry) for entry in update.entries)
    for id_tag in update.removed:
        entries.pop(fold(id_tag), None)
    return tuple(entries.values())


def describe_offline(known: LocalAuthList, settings: Mapping[str, str], now: datetime) -> list[str]:
    """Say in words what a charge point does with cards while it is offline, as far as its settings were read."""
    says = {fold(name): fold(value) == "true" for name, value in settings.items() if fold(value) in ("true", "false")}
    by_list, unknown = says.get("localauthorizeoffline"), says.get("allowofflinetxforunknownid")
    words = []
    if by_list is None or unknown is None:
        words.append("What it does while offline is not known for sure: its settings were not read.")
    if by_list is False:
        words.append("Neither its list nor its memory counts while it is offline (LocalAuthorizeOffline is false).")
    elif says.get("localauthlistenabled") is False:
        words.append("It has a list but does not use it (LocalAuthListEnabled is false).")
    elif known.entries is None:
        words.append("Nobody knows what its list holds.")
    else:
        may = sum(entry.as_of(now).status is AuthorizationStatus.ACCEPTED for entry in known.entries)
        words.append(f"Of the cards on its list {may} may charge, {len(known.entries) - may} may not.")
    if by_list is not False and says.get("authorizationcacheenabled"):
        words.append("Cards that it saw lately may be judged as they were then (AuthorizationCacheEnabled is true).")
    if unknown is not None:
        verb = "may charge" if unknown else "may not charge"
        words.append(f"Cards that it does not know {verb} (AllowOfflineTxForUnknownId is {str(unknown).lower()}).")
    if says.get("localpreauthorize"):
        words.append("Also online, cards on its list start without asking us first (LocalPreAuthorize is true).")
    return words


def _entry(tag: IdTag, now: datetime) -> Entry:
    verdict = authorization.decide(tag, now, accept_unknown=False)
    expires_at = None if verdict.expires_at is None else verdict.expires_at.replace(microsecond=0)  # as it is sent
    return Entry(tag.id_tag, verdict.status, expires_at, verdict.parent_id_tag)


def _is_same(held: Entry | None, wanted: Entry) -> bool:
    return held is not None and replace(held, id_tag=wanted.id_tag) == wanted


def _in_chunks(
    version: int, entries: tuple[Entry, ...], removed: tuple[str, ...], size: int, *, is_full: bool
) -> list[Update]:
    """Cut into messages; a full list that is too long goes on with differences."""
    items: list[Entry | str] = [*removed, *entries]
    updates: list[Update] = []
    for start in range(0, len(items), size) or (0,):
        part = items[start : start + size]
        updates.append(
            Update(
                version + len(updates),
                is_full and start == 0,
                tuple(item for item in part if isinstance(item, Entry)),
                tuple(item for item in part if isinstance(item, str)),
            )
        )
    return updates
