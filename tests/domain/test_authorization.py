"""Which idTag may charge."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_csms.domain.authorization import decide
from edge_csms.domain.model import AuthorizationStatus, IdTag, Verdict

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PAST, FUTURE = NOW - timedelta(seconds=1), NOW + timedelta(seconds=1)


def status(active_transactions: int | None = None, **columns: Any) -> str:
    tag = IdTag("CAFE", **columns)
    return decide(tag, NOW, accept_unknown=False, active_transactions=active_transactions).status.value


def test_a_tag_that_nothing_speaks_against_may_charge() -> None:
    assert status() == status(0) == status(100) == "Accepted"


def test_an_unknown_tag_is_invalid_or_welcome_as_the_site_wants_it() -> None:
    assert decide(None, NOW, accept_unknown=False) == Verdict(AuthorizationStatus.INVALID)
    assert decide(None, NOW, accept_unknown=True) == Verdict(AuthorizationStatus.ACCEPTED)


def test_a_welcome_for_unknown_tags_is_none_for_blocked_ones() -> None:
    assert decide(IdTag("CAFE", blocked=True), NOW, accept_unknown=True).status is AuthorizationStatus.BLOCKED


@pytest.mark.parametrize(("expires_at", "expected"), [(PAST, "Expired"), (NOW, "Expired"), (FUTURE, "Accepted")])
def test_a_tag_expires_at_its_time(expires_at: datetime, expected: str) -> None:
    assert status(expires_at=expires_at) == expected


def test_blocked_is_said_before_expired_and_expired_before_concurrent() -> None:
    assert status(5, blocked=True, expires_at=PAST, max_active_transactions=1) == "Blocked"
    assert status(5, expires_at=PAST, max_active_transactions=1) == "Expired"
    assert status(5, expires_at=FUTURE, max_active_transactions=1) == "ConcurrentTx"


@pytest.mark.parametrize(
    ("maximum", "active", "expected"),
    [(1, 0, "Accepted"), (1, 1, "ConcurrentTx"), (2, 1, "Accepted"), (2, 3, "ConcurrentTx"), (0, 0, "ConcurrentTx")],
)
def test_a_tag_may_have_so_many_transactions_at_once(maximum: int, active: int, expected: str) -> None:
    assert status(active, max_active_transactions=maximum) == expected


def test_concurrent_is_said_at_a_start_only() -> None:
    assert status(None, max_active_transactions=0) == "Accepted"


@given(st.booleans(), st.sampled_from([None, PAST, FUTURE]), st.sampled_from([None, "GROUP"]), st.integers(0, 3))
def test_every_verdict_on_a_known_tag_names_its_group_and_its_expiry(
    blocked: bool, expires_at: datetime | None, parent: str | None, active: int
) -> None:
    tag = IdTag("CAFE", blocked=blocked, expires_at=expires_at, parent_id_tag=parent, max_active_transactions=2)
    verdict = decide(tag, NOW, accept_unknown=False, active_transactions=active)
    assert (verdict.expires_at, verdict.parent_id_tag) == (expires_at, parent)
    assert verdict.accepted == (not blocked and expires_at != PAST and active < 2)
