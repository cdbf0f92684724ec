"""Of each quarter of an hour the last message of a place stays, and all evidence."""

from datetime import UTC, datetime, timedelta

import pytest

from edge_csms.domain import thinning
from edge_csms.domain.thinning import Metered, Thinning

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def message(
    minute: float,
    *,
    key: int | None = None,
    transaction_id: int | None = 1,
    has_register: bool = True,
    stays: bool = False,
) -> Metered:
    number = int(minute) if key is None else key
    return Metered(number, 7, 1, transaction_id, NOON + timedelta(minutes=minute), has_register, stays)


def test_of_each_quarter_of_an_hour_the_last_message_stays() -> None:
    assert Thinning().superseded(map(message, range(40))) == [*range(14), *range(15, 29), *range(30, 39)]


def test_it_makes_no_difference_where_the_messages_are_cut() -> None:
    whole, in_parts = Thinning(), Thinning()
    messages = [message(number) for number in range(40)]
    found = [key for start in range(0, 40, 7) for key in in_parts.superseded(messages[start : start + 7])]
    assert found == whole.superseded(messages)


def test_each_transaction_counts_for_itself_and_so_does_what_belongs_to_none() -> None:
    messages = [message(0, key=1), message(1, key=2, transaction_id=None), message(2, key=3, transaction_id=2)]
    assert Thinning().superseded(messages) == []


def test_a_register_is_not_superseded_by_values_without_one() -> None:
    messages = [message(minute, has_register=minute % 2 == 0) for minute in range(10)]
    assert Thinning().superseded(messages) == list(range(8))


def test_evidence_stays() -> None:
    assert Thinning().superseded([message(0), message(1, stays=True), message(2), message(3)]) == [0, 2]


def test_of_messages_that_came_in_another_order_the_newest_stays() -> None:
    assert Thinning().superseded([message(14, key=1), message(3, key=2), message(5, key=3)]) == [2, 3]


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thinning, "MOST_SERIES", 3)
    found = Thinning()
    found.superseded(message(0, key=number, transaction_id=number) for number in range(50))
    assert len(found._newest) <= 3
