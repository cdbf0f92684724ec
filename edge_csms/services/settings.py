"""What of the site may be changed while it runs, by name."""

from edge_csms.storage import settings


def get(name: str) -> str | None:
    """Give a value, None where it was never set."""
    return settings.get(name)


def put(name: str, value: str) -> None:
    """Set a value."""
    settings.put(name, value)
