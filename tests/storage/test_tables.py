"""The models: columns that any SQL engine keeps alike."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from peewee import BigAutoField, BigIntegerField, BlobField, BooleanField, ForeignKeyField, IntegerField, TextField

from edge_csms.storage.database import Database
from edge_csms.storage.tables import TABLES, Transaction, UtcTime

PORTABLE = {BigAutoField, BigIntegerField, BlobField, BooleanField, ForeignKeyField, TextField, UtcTime}
SMALL_NUMBERS = {("charge_point", "security_profile"), ("firmware_rollout_step", "position")}  # none is from the wire

MOMENTS = st.datetimes(timezones=st.just(UTC))


def columns() -> list[tuple[str, str, type]]:
    return [
        (table._meta.table_name, field.name, type(field)) for table in TABLES for field in table._meta.sorted_fields
    ]


def test_every_column_is_of_a_kind_that_any_engine_keeps_alike() -> None:
    others = {(table, name, kind) for table, name, kind in columns() if kind not in PORTABLE}
    assert others == {(table, name, IntegerField) for table, name in SMALL_NUMBERS}


def test_every_time_is_kept_by_our_own_field() -> None:
    suffixes = ("_at", "_after", "_from", "_until", "_seen", "_login")
    assert [(table, name) for table, name, kind in columns() if name.endswith(suffixes) and kind is not UtcTime] == []


@given(MOMENTS)
def test_a_time_comes_back_as_it_was(moment: datetime) -> None:
    assert UtcTime().python_value(UtcTime().db_value(moment)) == moment


@given(MOMENTS, st.integers(-14, 14))
def test_a_time_is_the_same_in_any_zone(moment: datetime, hours: int) -> None:
    try:
        elsewhere = moment.astimezone(timezone(timedelta(hours=hours)))
    except OverflowError:  # at the ends of time
        return
    assert UtcTime().db_value(elsewhere) == UtcTime().db_value(moment)


def test_no_time_is_no_time() -> None:
    assert UtcTime().db_value(None) is None
    assert UtcTime().python_value(None) is None


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        UtcTime().db_value(datetime(2026, 11, 24))  # noqa: DTZ001


async def test_times_are_found_and_sorted_as_times(database: Database) -> None:
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)

    def count_before() -> int:
        return Transaction.select().where(Transaction.started_at < noon).count()

    assert await database.read(count_before) == 0
