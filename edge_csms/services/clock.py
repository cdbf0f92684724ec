"""What is remembered of the box's clock: that somebody vouched for it, and what it means for numbers of arrival."""

from datetime import datetime

from edge_csms.domain.accounts import Actor
from edge_csms.services import audit
from edge_csms.storage import settings

LEAD = "clock.lead"


def get_lead() -> int | None:
    """Give by how many microseconds arrivals are ahead of the time, None where nobody ever vouched for a clock."""
    text = settings.get(LEAD)
    return None if text is None else int(text)


def note_trust(lead: int, now: datetime, who: Actor, reason: str) -> None:
    """Note that somebody, or something as good, vouches for the box's clock."""
    settings.put(LEAD, str(lead))
    audit.record(now, who, "clock.trust", "", reason)
