"""Which tags a local list holds, what must be sent to bring it in step, and what it means while offline."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_csms.domain.local_auth_list import (
    HIGHEST_VERSION,
    Changes,
    Entry,
    LocalAuthList,
    Update,
    apply,
    compare,
    describe_offline,
    make_entries,
    plan,
)
from edge_csms.domain.model import AuthorizationStatus, IdTag, fold

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SOON = NOW + timedelta(hours=1)
ACCEPTED = AuthorizationStatus.ACCEPTED
EXPIRED = AuthorizationStatus.EXPIRED
A, B, C, D = (Entry(name, ACCEPTED) for name in "ABCD")


def known(*entries: Entry, version: int = 3, **fields) -> LocalAuthList:
    return replace(LocalAuthList(version=version, entries=entries, version_read=version), **fields)


def test_a_list_says_of_each_tag_what_the_site_would_say() -> None:
    tags = [
        IdTag("b", blocked=True),
        IdTag("c", expires_at=NOW - timedelta(1)),
        IdTag("a", expires_at=SOON.replace(microsecond=5), parent_id_tag="P"),
    ]
    entries = make_entries(tags, NOW)
    assert [(one.id_tag, one.status) for one in entries] == [
        ("a", ACCEPTED),
        ("b", AuthorizationStatus.BLOCKED),
        ("c", EXPIRED),
    ]
    assert (entries[0].expires_at, entries[0].parent_id_tag) == (SOON, "P")  # in whole seconds, as it is sent


def test_who_may_charge_goes_first_where_there_is_little_room() -> None:
    tags = [IdTag("A", blocked=True), IdTag("b"), IdTag("C")]
    assert [one.id_tag for one in make_entries(tags, NOW, 2)] == ["b", "C"]


def test_an_expiry_needs_no_message() -> None:
    entry = replace(A, expires_at=SOON)
    later = SOON + timedelta(seconds=1)
    assert entry.as_of(NOW) is entry
    assert entry.as_of(SOON).status is EXPIRED
    assert not compare([entry], [replace(entry, status=EXPIRED)], later)


def test_what_is_different_is_found_without_regard_to_case() -> None:
    blocked = replace(B, status=AuthorizationStatus.BLOCKED)
    changes = compare([A, B, C], [replace(A, id_tag="a"), blocked, D], NOW)
    assert changes == Changes((blocked, D), ("C",))


def test_nothing_is_sent_where_nothing_is_different() -> None:
    assert plan(known(A, B), (A, B), NOW) == []
    assert plan(known(version=5, version_read=0), (), NOW) == []


def test_little_is_sent_as_a_difference_and_much_as_the_whole() -> None:
    assert plan(known(A, B, C), (A, B, D), NOW) == [Update(4, False, (D,), ("C",))]
    assert plan(known(A, B, C), (D,), NOW) == [Update(4, True, (D,))]


@pytest.mark.parametrize(
    "unclear",
    [
        known(A, entries=None),
        known(A, version_read=7),
        known(A, version_read=0),
        known(A, version=0, version_read=None),
    ],
)
def test_what_is_not_known_for_sure_is_sent_whole(unclear: LocalAuthList) -> None:
    [update] = plan(unclear, (A, B, C, D), NOW)
    assert update.is_full
    assert update.version > max(unclear.version, unclear.version_read or 0)


def test_the_whole_can_be_wanted() -> None:
    assert plan(known(A), (A,), NOW, full=True) == [Update(4, True, (A,))]


def test_an_empty_list_is_one_message_too() -> None:
    assert plan(known(A), (), NOW) == [Update(4, True, ())]


def test_a_long_list_goes_on_with_differences_of_higher_versions() -> None:
    assert plan(LocalAuthList(), (A, B, C), NOW, chunk=2) == [Update(1, True, (A, B)), Update(2, False, (C,))]


def test_versions_begin_anew_before_they_run_out_and_are_never_0() -> None:
    for version in (HIGHEST_VERSION - 1, HIGHEST_VERSION):
        [update] = plan(known(A, B, C, version=version), (A, B), NOW)
        assert (update.version, update.is_full) == (1, True)
    assert LocalAuthList(version_read=-1).next_version == 1


names = st.text("abcAB", min_size=1, max_size=2)
lists = st.lists(st.builds(Entry, names, st.sampled_from(AuthorizationStatus)), max_size=12).map(
    lambda found: tuple({fold(entry.id_tag): entry for entry in found}.values())
)


@given(lists | st.none(), lists, st.integers(1, 5), st.booleans())
def test_whatever_a_list_held_a_plan_makes_it_what_is_wanted(held, wanted, chunk, full) -> None:
    state = LocalAuthList(version=9, entries=held)
    updates = plan(state, wanted, NOW, chunk=chunk, full=full)
    for update in updates:
        assert len(update.entries) + len(update.removed) <= chunk
        held = apply(held, update)
    assert held is not None
    assert not compare(held, wanted, NOW)
    assert [update.version for update in updates] == list(range(10, 10 + len(updates)))


def test_a_difference_to_something_unknown_stays_unknown() -> None:
    assert apply(None, Update(2, False, (A,))) is None
    assert apply(None, Update(2, True, (A,))) == (A,)
    assert apply((A, B), Update(3, False, (), ("a",))) == (B,)


SETTINGS = {
    "LocalAuthorizeOffline": "true",
    "AllowOfflineTxForUnknownId": "false",
    "LocalAuthListEnabled": "True",
    "AuthorizationCacheEnabled": "true",
    "LocalPreAuthorize": "true",
}


def words(known_list: LocalAuthList, **changes: str) -> str:
    return " ".join(describe_offline(known_list, SETTINGS | changes, NOW))


def test_what_it_does_offline_is_said_in_words() -> None:
    said = words(known(A, B, replace(C, status=AuthorizationStatus.BLOCKED)))
    for part in ("2 may charge, 1 may not", "saw lately", "does not know may not charge", "without asking us"):
        assert part in said
    assert "does not know may charge" in words(known(A), AllowOfflineTxForUnknownId="true")
    assert "Neither its list" in words(known(A), LocalAuthorizeOffline="false")
    assert "does not use it" in words(known(A), LocalAuthListEnabled="false")
    assert "Nobody knows" in words(known(entries=None))
    assert "settings were not read" in " ".join(describe_offline(known(A), {}, NOW))
