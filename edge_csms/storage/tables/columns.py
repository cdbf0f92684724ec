"""What all tables share: the database that they are bound to, and a time that every engine keeps alike."""

from datetime import UTC, datetime, timedelta

from peewee import BigIntegerField, DatabaseProxy, Model

DATABASE = DatabaseProxy()

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class UtcTime(BigIntegerField):
    """An aware UTC datetime, kept as integer microseconds since 1970: Peewee's own field loses the zone elsewhere."""

    def db_value(self, value: datetime | None) -> int | None:
        """Give the stored integer."""
        return None if value is None else (value - EPOCH) // MICROSECOND

    def python_value(self, value: int | None) -> datetime | None:
        """Give the aware datetime."""
        return None if value is None else EPOCH + timedelta(microseconds=value)


class Table(Model):
    """Base of all tables."""

    class Meta:
        database = DATABASE
        legacy_table_names = False
