"""All certificates of the site over REST, and until when they hold: what expires unseen keeps chargers out."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from edge_csms.domain.roles import Role
from edge_csms.services import certificate_making, certificates
from edge_csms.web.paging import Page
from edge_csms.web.request import Request
from edge_csms.web.route import Route

Use = Literal["root", "server", "charge_point"]


class SiteCertificateItem(msgspec.Struct):
    """A root of the site's own authority, a certificate of the encrypted port, or the newest of a charge point."""

    use: Use
    subject: str
    not_after: datetime
    charge_point_id: str | None = None


async def list_site_certificates(request: Request) -> Page[SiteCertificateItem]:
    """List the certificates that matter, those that expire soonest first."""
    parts = request.parts
    of_chargers = await request.database.read(certificates.list_in_use)
    loop = asyncio.get_running_loop()
    roots = await loop.run_in_executor(None, _read, "root", parts.authority.list_root_files())
    shown = await loop.run_in_executor(None, _read, "server", parts.server_certificates())
    items = [
        *roots,
        *shown,
        *(SiteCertificateItem("charge_point", name, one.not_after, name) for name, one in of_chargers),
    ]
    return Page(sorted(items, key=lambda item: item.not_after), None)


def _read(use: Use, paths: Iterable[Path]) -> list[SiteCertificateItem]:
    items = []
    for path in paths:
        try:
            items.append(SiteCertificateItem(use, *certificate_making.lifetime_of(path.read_bytes())))
        except (OSError, ValueError):
            continue  # gone or damaged: whoever loads it says so
    return items


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/site/certificates",
        function=list_site_certificates,
        role=Role.VIEWER,
        returns=Page[SiteCertificateItem],
        summary="List the certificates of the site and until when they hold",
    ),
]
