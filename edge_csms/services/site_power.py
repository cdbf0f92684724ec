"""The power of the site over time, from what was metered."""

from datetime import datetime, timedelta

from edge_csms.domain.site_power import average_power
from edge_csms.storage import meter_values, transactions

FINER = 3  # readings that are looked at within a step
LONGEST_TRANSACTION = timedelta(days=2)
AROUND = timedelta(hours=1)  # readings before and behind the window tell of its edges


def read(starts_at: datetime, step: timedelta, count: int) -> list[float]:
    """Give the mean power of each step in W, of all connectors whose registers or transactions tell it."""
    ends_at = starts_at + count * step
    readings = meter_values.list_registers(starts_at - AROUND, ends_at + AROUND, step / FINER)
    readings += transactions.list_registers(starts_at - LONGEST_TRANSACTION, ends_at)
    return average_power(readings, starts_at, step, count)
