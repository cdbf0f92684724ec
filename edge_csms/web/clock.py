"""The box's clock over REST: what it shows, whether it is in doubt, and that somebody says it is right."""

from datetime import datetime

import msgspec

from edge_csms.central.clock import Doubt
from edge_csms.domain.roles import Role
from edge_csms.services import clock
from edge_csms.web.request import Request
from edge_csms.web.route import Route


class ClockItem(msgspec.Struct):
    """The site's time, and the box's clock: the same, unless there is a doubt."""

    time: datetime
    shows: datetime
    doubt: Doubt | None


async def get_clock(request: Request) -> ClockItem:
    """Show the site's time and the box's clock."""
    site_clock = request.parts.clock
    return ClockItem(site_clock.now(), site_clock.box_time, site_clock.doubt)


async def trust_clock(request: Request) -> ClockItem:
    """Vouch for the box's clock: the site follows it from now on, whatever it told before."""
    site_clock = request.parts.clock
    lead = site_clock.lead_when_trusted()
    before, shows = site_clock.now(), site_clock.box_time
    reason = f"from {before:%Y-%m-%d %H:%M:%S} to {shows:%Y-%m-%d %H:%M:%S} UTC"
    await request.database.run(clock.note_trust, lead, shows, request.actor, reason)
    site_clock.trust(lead)
    return await get_clock(request)


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/site/clock",
        function=get_clock,
        role=Role.VIEWER,
        returns=ClockItem,
        summary="Show the box's clock",
    ),
    Route(
        method="POST",
        path="/api/v1/site/clock/trust",
        function=trust_clock,
        role=Role.TECHNICIAN,
        returns=ClockItem,
        errors=(409,),
        summary="Say that the box's clock is right",
    ),
]
