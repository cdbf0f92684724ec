"""The site's limit over REST: shown beside its load, kept by nothing yet but whoever looks."""

from typing import Annotated

import msgspec
from msgspec import Meta

from edge_csms.domain.roles import Role
from edge_csms.services import site_limit
from edge_csms.services.site_limit import SiteLimit
from edge_csms.web.request import Request
from edge_csms.web.route import Route

Amps = Annotated[float, Meta(gt=0, le=10_000, description="Of the main fuse, for each of three phases.")]
Kilowatts = Annotated[float, Meta(gt=0, le=10_000, description="The power agreed upon with the grid's operator.")]


class LimitToSet(msgspec.Struct, forbid_unknown_fields=True):
    """How much the whole site may draw; null where there is no such limit."""

    limit_amps: Amps | None
    limit_kw: Kilowatts | None


class LimitItem(msgspec.Struct):
    """How much the whole site may draw. `power_w` is the lesser of both; nothing holds the chargers to it."""

    limit_amps: float | None
    limit_kw: float | None
    power_w: float | None


def _item(limit: SiteLimit) -> LimitItem:
    return LimitItem(limit.amps, limit.kilowatts, limit.power_w)


async def get_site_limit(request: Request) -> LimitItem:
    """Show the site's limit."""
    return _item(await request.database.read(site_limit.get))


async def set_site_limit(request: Request, body: LimitToSet) -> LimitItem:
    """Set the site's limit."""
    limit = SiteLimit(amps=body.limit_amps, kilowatts=body.limit_kw)
    request.audit.details = f"limit_amps={limit.amps} limit_kw={limit.kilowatts}"
    await request.database.run(site_limit.put, limit)
    return _item(limit)


PATH = "/api/v1/site/limit"

ROUTES = [
    Route(
        method="GET",
        path=PATH,
        function=get_site_limit,
        role=Role.VIEWER,
        returns=LimitItem,
        summary="Show the site's limit",
    ),
    Route(
        method="PUT",
        path=PATH,
        function=set_site_limit,
        role=Role.ADMIN,
        body=LimitToSet,
        returns=LimitItem,
        audit="site.limit",
        summary="Set the site's limit",
    ),
]
