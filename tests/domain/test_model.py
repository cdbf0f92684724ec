"""What a site is made of."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_csms.domain.model import (
    AuthorizationStatus,
    ChargePoint,
    Registration,
    Transaction,
    TransactionState,
    Verdict,
    fold,
)


@pytest.mark.parametrize("name", ["CP-01", "cp-01", " Cp-01\t"])
def test_names_are_the_same_without_regard_to_case_and_outer_space(name: str) -> None:
    assert fold(name) == "cp-01"


@given(st.text())
def test_folding_twice_is_folding_once(name: str) -> None:
    assert fold(fold(name)) == fold(name)


def test_only_accepted_is_accepted() -> None:
    assert [status.value for status in AuthorizationStatus if Verdict(status).accepted] == ["Accepted"]


def test_a_charge_point_that_waits_may_not_charge_though_it_was_accepted_before() -> None:
    assert ChargePoint(1, "CP1", Registration.ACCEPTED).accepted
    assert not ChargePoint(1, "CP1", Registration.PENDING, was_accepted=True).accepted


def test_a_transaction_may_go_on_until_its_stop_is_known() -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    go_on = [
        state.value
        for state in TransactionState
        if Transaction(1, "CP1", 1, "CAFE", "Accepted", 0, None, None, now, None, None, state, False).may_go_on
    ]
    assert go_on == ["open", "inferred"]
