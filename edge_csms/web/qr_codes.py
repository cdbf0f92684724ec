"""QR codes: what an installer would have to type into a charger, to be read by a camera instead."""

import io
from typing import Annotated

import msgspec
from msgspec import Meta

from edge_csms.domain.roles import Role
from edge_csms.web.request import Content, Request
from edge_csms.web.route import Route

SVG = "image/svg+xml"


class QrCode(msgspec.Struct, forbid_unknown_fields=True):
    """What shall be in the code."""

    text: Annotated[str, Meta(min_length=1, max_length=500)]


async def draw_qr_code(request: Request, body: QrCode) -> Content:
    """Draw a text as a QR code; it is posted, because addresses are logged and the text may be a key."""
    import segno  # here, because most sites never draw one

    code = segno.make_qr(body.text, error="m", encoding="utf-8")
    drawing = io.BytesIO()
    code.save(drawing, kind="svg", scale=4, border=4, light="#fff", xmldecl=False)
    return Content(SVG, drawing.getvalue())


ROUTES = [
    Route(
        method="POST",
        path="/api/v1/qr-codes",
        function=draw_qr_code,
        role=Role.VIEWER,
        body=QrCode,
        returns=str,
        content_type=SVG,
        summary="Draw a QR code",
    ),
]
