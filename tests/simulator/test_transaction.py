"""A transaction and its id on the wire."""

from datetime import UTC, datetime

from edge_csms.simulator.transaction import Transaction


def test_until_it_is_answered_it_has_no_id() -> None:
    transaction = Transaction(connector_id=1, id_tag="TAG1", meter_start_wh=0, started_at=datetime.now(UTC))
    assert transaction.wire_id == -1
    transaction.transaction_id = 0
    assert transaction.wire_id == 0
