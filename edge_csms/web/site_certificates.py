"""All certificates that the site lives by over REST, and until when they hold."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from edge_csms.domain.certificates import CertificateUse
from edge_csms.domain.roles import Role
from edge_csms.web.paging import Page
from edge_csms.web.request import Request
from edge_csms.web.route import Route


class SiteCertificateItem(msgspec.Struct):
    """A certificate of the site's own authority, of the encrypted port, of a charger, or that a charger trusts."""

    use: CertificateUse
    subject: str
    not_after: datetime
    ends_soon: Annotated[bool, Meta(description="Somebody must act, or should have: how early depends on its use.")]
    charge_point_id: str | None = None


async def list_site_certificates(request: Request) -> Page[SiteCertificateItem]:
    """List the certificates that matter, those that expire soonest first."""
    found = await request.parts.certificates.list_()
    items = [
        SiteCertificateItem(one.use, one.subject, one.not_after, one.ends_soon(request.now), one.charge_point_id)
        for one in found
    ]
    return Page(items, None)


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
