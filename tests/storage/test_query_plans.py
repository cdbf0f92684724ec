"""Which way SQLite takes to rows that are many: by an index, whatever is asked for, never through all of a table."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest

from edge_csms.storage import connectors, meter_values, transaction_list, transactions
from edge_csms.storage.database import Database
from edge_csms.storage.tables import DATABASE

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)

FILTERS: dict[str, Any] = {
    "before": 7,
    "charge_point_keys": [1],
    "connector_id": 1,
    "id_tag": "CAFE",
    "started_from": NOON,
    "started_before": NOON + HOUR,
}
COMBINATIONS = [names for count in range(len(FILTERS) + 1) for names in combinations(FILTERS, count)]


def plans_of(function: Callable[..., Any], *args: Any, **kwargs: Any) -> list[str]:
    """Run a function that reads, and give the steps that SQLite plans for each of its queries."""
    connection, asked = DATABASE.connection(), []

    def note(cursor: Any, sql: str, values: Any) -> bool:
        asked.append((sql, values))
        return True

    connection.exec_trace = note
    function(*args, **kwargs)
    connection.exec_trace = None
    queries = [pair for pair in asked if pair[0].startswith("SELECT")]
    assert queries
    return [step[3] for sql, values in queries for step in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]


def in_vain(steps: list[str]) -> list[str]:
    """Give the steps that read a whole table, or sort what an index could have given in order."""
    scan = re.compile(r"SCAN (?!.* USING (COVERING )?INDEX )")
    return [step for step in steps if scan.match(step) or "TEMP B-TREE" in step]


@pytest.mark.parametrize("is_open", [None, True, False])
async def test_every_combination_of_filters_reads_an_index_in_its_order(
    database: Database, is_open: bool | None
) -> None:
    for names in COMBINATIONS:
        filters = {name: FILTERS[name] for name in names}
        steps = await database.read(plans_of, transaction_list.list_, is_open=is_open, **filters)
        assert in_vain(steps) == [], filters


async def test_what_is_open_is_found_among_what_is_open(database: Database) -> None:
    for function, *args in (
        (transactions.find_open, 1),
        (transactions.find_open_on_connector, 1, 1),
        (transactions.count_open, "CAFE"),
        (connectors.list_by_charge_point, [1, 2]),
    ):
        steps = await database.read(plans_of, function, *args)
        assert any("INDEX transaction_open" in step for step in steps), (function, steps)
    for names in COMBINATIONS:
        filters = {name: FILTERS[name] for name in names}
        steps = await database.read(plans_of, transaction_list.list_, is_open=True, **filters)
        assert any("INDEX transaction_open" in step for step in steps), (names, steps)


async def test_meter_values_are_found_by_their_time(database: Database) -> None:
    within = (NOON, NOON + HOUR)
    for function, *args in (
        (meter_values.list_of_transaction, 1, 1, *within),
        (meter_values.get_last_register_wh, 1, 1, *within),
        (meter_values.get_last_time, 1, 1, *within),
        (meter_values.exists, 1, 7, NOON),
        (meter_values.list_registers, *within, HOUR),
    ):
        steps = await database.read(plans_of, function, *args)
        assert any(re.search(r"INDEX meter_value_taken_at\w+ \(taken_at>", step) for step in steps), steps


@pytest.mark.parametrize(
    ("function", "args"),
    [
        (transactions.get_by_start, (1, b"key")),
        (transactions.get_by_stop, (1, b"key")),
        (transactions.get_by_wire_id, (1, "7")),
        (transactions.get_known, (7,)),
        (transactions.list_registers, (NOON, NOON + HOUR)),
        (transaction_list.get_many, ([1, 2],)),
    ],
)
async def test_no_other_look_at_what_is_many_reads_all_of_it(
    database: Database, function: Callable[..., Any], args: tuple[Any, ...]
) -> None:
    steps = await database.read(plans_of, function, *args)
    assert in_vain(steps) == []
