"""`/api/v1/certificates/root-*.crt`: the site's roots one by one, as Windows, phones and browsers import them."""

import asyncio

from edge_csms.domain.errors import NotFound
from edge_csms.services import certificate_making
from edge_csms.web.request import Content, Request
from edge_csms.web.route import Route

CONTENT_TYPE = "application/x-x509-ca-cert"


async def get_root_file(request: Request, kind: str) -> Content:
    """Give the root of this kind of key, rsa or ecdsa; it is made where nobody has needed it yet."""
    if kind not in certificate_making.KINDS:
        raise NotFound("there are roots of the kinds rsa and ecdsa")
    pem = await asyncio.get_running_loop().run_in_executor(None, request.parts.authority.root_pem)
    own = certificate_making.split_pem(pem)[certificate_making.KINDS.index(kind)]
    return Content(CONTENT_TYPE, certificate_making.der_of(own), f"edge-csms-root-{kind}.crt")


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/certificates/root-{kind}.crt",
        function=get_root_file,
        role=None,
        returns=str,
        content_type=CONTENT_TYPE,
        errors=(404,),
        summary="A root certificate of the site, alone and in DER form",
    ),
]
