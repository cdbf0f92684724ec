"""The root certificates that charge points trust, over REST: listed, installed and deleted on the charge point."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from edge_csms.central import certificates
from edge_csms.domain.roles import Role
from edge_csms.services.certificate_making import check_root_pem, split_pem
from edge_csms.web.certificates import CHARGE_POINT, Word
from edge_csms.web.paging import Page, PageQuery
from edge_csms.web.request import Request
from edge_csms.web.route import Route

Use = Literal["central_system", "manufacturer"]  # to know us by, or the maker's firmware


class RootItem(msgspec.Struct):
    """What identifies a root certificate that the charge point trusts; `ours` says whether it is the site's own."""

    serial_number: str
    hash_algorithm: str
    issuer_name_hash: str
    issuer_key_hash: str
    ours: bool


class RootQuery(PageQuery):
    """Which roots: those by which the charge point knows central systems, or those of its manufacturer."""

    use: Use = "central_system"


class RootToInstall(msgspec.Struct, forbid_unknown_fields=True):
    """Root certificates to trust, in PEM form; without `certificate` the site's own."""

    use: Use = "central_system"
    certificate: Annotated[str, Meta(min_length=1, max_length=50_000)] | None = None


async def list_roots(request: Request, charge_point_id: str, query: RootQuery) -> Page[RootItem]:
    """Ask a charge point which root certificates it trusts."""
    parts, of_manufacturer = request.parts, query.use == "manufacturer"
    found = await certificates.list_roots(parts.central, charge_point_id, of_manufacturer=of_manufacturer)
    items = [
        RootItem(
            serial_number=root.serial_number,
            hash_algorithm=root.hash_algorithm,
            issuer_name_hash=root.issuer_name_hash,
            issuer_key_hash=root.issuer_key_hash,
            ours=parts.authority.has_root(root.serial_number),
        )
        for root in found
    ]
    return Page(items, None)


async def install_root(request: Request, charge_point_id: str, body: RootToInstall) -> Word:
    """Ask a charge point to trust root certificates."""
    pems = split_pem(body.certificate or request.parts.authority.root_pem())
    request.audit.details = ", ".join(check_root_pem(pem) for pem in pems)
    status = await certificates.install_roots(
        request.parts.central, charge_point_id, pems, of_manufacturer=body.use == "manufacturer"
    )
    request.audit.result = status
    return Word(status, "The charge point trusts it." if status == "Accepted" else "The charge point did not take it.")


async def delete_root(request: Request, charge_point_id: str, serial_number: str) -> Word:
    """Ask a charge point to trust a root certificate no more."""
    request.audit.subject, request.audit.details = charge_point_id, serial_number
    status = await certificates.delete_root(request.parts.central, charge_point_id, serial_number)
    request.audit.result = status
    return Word(status, DELETED.get(status, "The charge point could not delete it; it may be the one in use."))


DELETED = {
    "Accepted": "The charge point trusts it no more.",
    "NotFound": "The charge point doesn't have it any more.",
}

ROUTES = [
    Route(
        method="GET",
        path=CHARGE_POINT + "/root-certificates",
        function=list_roots,
        role=Role.VIEWER,
        query=RootQuery,
        returns=Page[RootItem],
        errors=(404, 409, 502, 504),
        summary="List the roots that a charge point trusts",
    ),
    Route(
        method="POST",
        path=CHARGE_POINT + "/root-certificates",
        function=install_root,
        role=Role.TECHNICIAN,
        body=RootToInstall,
        returns=Word,
        errors=(404, 409, 502, 504),
        audit="certificate.install",
        summary="Let a charge point trust a root certificate",
    ),
    Route(
        method="DELETE",
        path=CHARGE_POINT + "/root-certificates/{serial_number}",
        function=delete_root,
        role=Role.TECHNICIAN,
        returns=Word,
        errors=(404, 409, 502, 504),
        audit="certificate.delete",
        summary="Let a charge point trust a root certificate no more",
    ),
]
