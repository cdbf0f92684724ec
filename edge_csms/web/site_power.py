"""The power of the site over time over REST: its load chart."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from edge_csms.domain.errors import Invalid
from edge_csms.domain.roles import Role
from edge_csms.services import site_power
from edge_csms.web.paging import Time
from edge_csms.web.request import Request
from edge_csms.web.route import Route

LONGEST = timedelta(days=2)
DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SitePowerQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which time, at most two days; without `to` until now, without `from` the day before."""

    from_: Time | None = msgspec.field(default=None, name="from")
    to: Time | None = None
    step_seconds: Annotated[int, Meta(ge=60, le=86400)] = 900


class PowerItem(msgspec.Struct):
    """The mean power of a step in W, from its beginning `at`; null while the step is not over."""

    at: datetime
    power_w: float | None


class SitePower(msgspec.Struct):
    """Power over time, told by how fast the energy registers of all connectors grew."""

    step_seconds: int
    items: list[PowerItem]


async def get_site_power(request: Request, query: SitePowerQuery) -> SitePower:
    """Show how much power the site drew over time. Steps begin at whole multiples of their length."""
    step = timedelta(seconds=query.step_seconds)
    ends_at = query.to or request.now
    starts_at = _floor(query.from_ or max(ends_at, EPOCH + DAY) - DAY, step)
    is_sane = EPOCH <= starts_at < ends_at < request.now + DAY
    if not is_sane or ends_at - starts_at > LONGEST + step:
        text = "The time from `from` to `to` must be more than nothing, at most two days, and not in the future."
        raise Invalid(text, {"from": [text]})
    count = -(-(ends_at - starts_at) // step)
    powers = await request.database.read(site_power.read, starts_at, step, count)
    items = [PowerItem(starts_at + index * step, power) for index, power in enumerate(powers)]
    for one in items:
        if one.at + step > request.now:
            one.power_w = None
    return SitePower(query.step_seconds, items)


def _floor(moment: datetime, step: timedelta) -> datetime:
    return EPOCH + (moment - EPOCH) // step * step


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/site/power",
        function=get_site_power,
        role=Role.VIEWER,
        query=SitePowerQuery,
        returns=SitePower,
        summary="Show the site's power over time",
    ),
]
