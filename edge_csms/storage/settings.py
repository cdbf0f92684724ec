"""Settings that may change while the site runs."""

from edge_csms.storage.tables import Setting as Row


def get(name: str) -> str | None:
    """Give a value, None where it was never set."""
    row = Row.get_or_none(Row.name == name)
    return None if row is None else str(row.value)


def put(name: str, value: str) -> None:
    """Set a value."""
    Row.insert(name=name, value=value).on_conflict(conflict_target=[Row.name], update={Row.value: value}).execute()


def list_(prefix: str) -> dict[str, str]:
    """List the values whose names begin so."""
    rows = Row.select().where(Row.name.startswith(prefix)).order_by(Row.name)
    return {row.name: row.value for row in rows}


def delete(name: str) -> None:
    """Forget a value."""
    Row.delete().where(Row.name == name).execute()
