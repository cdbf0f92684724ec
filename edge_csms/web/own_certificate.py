"""`/api/v1/site/certificate`: a certificate that the operator brings along, instead of the site's own."""

import asyncio
from typing import Annotated

import msgspec
from msgspec import Meta

from edge_csms.domain.errors import StorageUnavailable
from edge_csms.domain.roles import Role
from edge_csms.services import own_certificate
from edge_csms.web.request import Request
from edge_csms.web.route import Route
from edge_csms.web.settings import TrialItem, trial_item

Pem = Annotated[str, Meta(min_length=1, max_length=100_000)]


class OwnCertificate(msgspec.Struct, forbid_unknown_fields=True):
    """Certificate, with those of its authorities behind it, and private key, both in PEM form."""

    certificate: Pem
    key: Pem


class CertificateTaken(msgspec.Struct):
    """What might surprise about the certificate, and the trial that it is on where the encrypted port is open."""

    surprises: list[str]
    trial: TrialItem | None


async def put_own_certificate(request: Request, body: OwnCertificate) -> CertificateTaken:
    """Check a certificate and show it from now on; where TLS is on, it is on trial first."""
    parts, loop = request.parts, asyncio.get_running_loop()
    names = await loop.run_in_executor(None, parts.own_names)
    surprises = own_certificate.check(body.certificate, body.key, names, request.now)
    try:
        directory = parts.authority.directory
        files = await loop.run_in_executor(None, own_certificate.store, directory, body.certificate, body.key)
    except OSError as error:
        raise StorageUnavailable(error.strerror or str(error)) from error
    code = await parts.site_settings.use_certificate(request.actor, *map(str, files))
    return CertificateTaken(surprises, trial_item(request, code))


async def delete_own_certificate(request: Request) -> CertificateTaken:
    """Go back to certificates of the site's own authority."""
    code = await request.parts.site_settings.use_certificate(request.actor, "", "")
    return CertificateTaken([], trial_item(request, code))


ROUTES = [
    Route(
        method="PUT",
        path="/api/v1/site/certificate",
        function=put_own_certificate,
        role=Role.ADMIN,
        body=OwnCertificate,
        returns=CertificateTaken,
        errors=(409,),
        summary="Show a certificate of the operator",
    ),
    Route(
        method="DELETE",
        path="/api/v1/site/certificate",
        function=delete_own_certificate,
        role=Role.ADMIN,
        returns=CertificateTaken,
        errors=(409,),
        summary="Show certificates of the site's own authority again",
    ),
]
