"""Proofs of identity over REST: the site's roots to import, certificates and keys of charge points, security events."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from edge_csms.central import certificates as asking
from edge_csms.domain.roles import Role
from edge_csms.services import certificates, charge_points, passwords, security_events
from edge_csms.web.paging import Page, PageQuery, cursor_number
from edge_csms.web.request import Content, Request
from edge_csms.web.route import Route

CHARGE_POINT = "/api/v1/charge-points/{charge_point_id}"


class CertificateItem(msgspec.Struct):
    """A certificate that the site made for the charge point."""

    serial_number: str
    fingerprint: str
    state: Annotated[str, Meta(description="signed, accepted, rejected or revoked")]
    not_after: datetime
    created_at: datetime


class Word(msgspec.Struct):
    """The charge point's word."""

    status: str
    detail: str


class SecurityEventItem(msgspec.Struct):
    """Something that matters for security, as the charge point told it."""

    kind: str
    at: datetime
    received_at: datetime
    details: str | None


async def get_roots(request: Request) -> Content:
    """Give the site's root certificates."""
    return Content("application/x-pem-file", request.parts.authority.root_pem().encode(), "edge-csms-ca.pem")


async def list_certificates(request: Request, charge_point_id: str) -> Page[CertificateItem]:
    """List the certificates that were made for a charge point."""
    found = await request.database.read(certificates.list_, charge_point_id)
    return Page([msgspec.convert(one, CertificateItem, from_attributes=True) for one in found], None)


async def revoke_certificate(request: Request, charge_point_id: str, fingerprint: str) -> None:
    """Let a certificate prove nothing any more."""
    request.audit.subject, request.audit.details = charge_point_id, fingerprint
    await request.database.run(certificates.revoke, charge_point_id, fingerprint)


async def renew_certificate(request: Request, charge_point_id: str) -> Word:
    """Ask a charge point to have a new certificate signed."""
    status = await asking.ask_for_request(request.parts.central, charge_point_id)
    request.audit.result = status
    accepted = "The charge point will send its request; the certificate is handed over by itself."
    return Word(
        status, accepted if status == "Accepted" else "The charge point can't, or won't, ask for a certificate."
    )


async def change_key(request: Request, charge_point_id: str) -> Word:
    """Make a new key for a charge point and send it there; the old one holds until the first login with the new one."""
    known = await request.database.run(charge_points.get, charge_point_id)
    key = passwords.make_charger_key().hex()
    status = await request.parts.central.write_configuration(known.charge_point_id, "AuthorizationKey", key)
    request.audit.result = status
    accepted = "The charge point has the new key; until it logs in with it the old one holds too."
    return Word(
        status, accepted if status != "Rejected" else "The charge point refused the new key; the old one holds."
    )


async def list_security_events(request: Request, charge_point_id: str, query: PageQuery) -> Page[SecurityEventItem]:
    """List the security events of a charge point, the newest first."""
    before = cursor_number(query.cursor)
    found = await request.database.read(security_events.list_, charge_point_id, before, query.limit + 1)
    items = [msgspec.convert(event, SecurityEventItem, from_attributes=True) for _, event in found[: query.limit]]
    return Page(items, str(found[query.limit - 1][0]) if len(found) > query.limit else None)


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/certificates/ca.pem",
        function=get_roots,
        role=None,
        returns=str,
        content_type="application/x-pem-file",
        summary="The site's root certificates",
    ),
    Route(
        method="GET",
        path=CHARGE_POINT + "/certificates",
        function=list_certificates,
        role=Role.VIEWER,
        returns=Page[CertificateItem],
        errors=(404,),
        summary="List a charge point's certificates",
    ),
    Route(
        method="DELETE",
        path=CHARGE_POINT + "/certificates/{fingerprint}",
        function=revoke_certificate,
        role=Role.TECHNICIAN,
        status=204,
        errors=(404,),
        audit="certificate.revoke",
        summary="Revoke a charge point's certificate",
    ),
    Route(
        method="POST",
        path=CHARGE_POINT + "/certificates/renew",
        function=renew_certificate,
        role=Role.TECHNICIAN,
        returns=Word,
        errors=(404, 409, 502, 504),
        audit="certificate.renew",
        summary="Renew a charge point's certificate",
    ),
    Route(
        method="POST",
        path=CHARGE_POINT + "/key",
        function=change_key,
        role=Role.TECHNICIAN,
        returns=Word,
        errors=(404, 409, 502, 504),
        audit="charge_point.key",
        summary="Change a charge point's key over OCPP",
    ),
    Route(
        method="GET",
        path=CHARGE_POINT + "/security-events",
        function=list_security_events,
        role=Role.VIEWER,
        query=PageQuery,
        returns=Page[SecurityEventItem],
        errors=(404,),
        summary="List a charge point's security events",
    ),
]
