"""Signed meter values of a transaction over REST: as sent, and as the file that transparency software reads."""

import base64
import re
from datetime import datetime

import msgspec

from edge_csms.central import metered
from edge_csms.domain.roles import Role
from edge_csms.domain.signed_values import is_signed, unwrap
from edge_csms.services import meter_values
from edge_csms.web.paging import Page, PageQuery, cursor_number
from edge_csms.web.request import Content, Request
from edge_csms.web.route import Route

TRANSACTION = "/api/v1/transactions/{transaction_id:int}"

# What a text in XML 1.0 can't hold, or would give back changed.
NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|^\\s|\\s$")


class SignedValueItem(msgspec.Struct, kw_only=True):
    """A signed value: `value` is to the letter what the charger sent, `data` is what the signature is over.

    They differ where the charger wrapped the data in JSON. `encoding` says how `data` is written: plain, base64 or hex.
    """

    timestamp: datetime | None
    timestamp_sent: str | None
    connector_id: int | None
    context: str
    measurand: str
    value: str
    data: str
    format: str | None
    encoding: str
    public_key: str | None


async def list_signed_values(request: Request, transaction_id: int, query: PageQuery) -> Page[SignedValueItem]:
    """List the signed values of a transaction by time, those of its Stop included."""
    items = await _read(request, transaction_id)
    start = cursor_number(query.cursor) or 0
    following = start + query.limit
    return Page(items[start:following], str(following) if len(items) > following else None)


async def export_signed_values(request: Request, transaction_id: int) -> Content:
    """Give the signed values of a transaction as the XML file that the transparency software of the S.A.F.E. reads."""
    items = await _read(request, transaction_id)
    values = "".join(_value(transaction_id, one) for one in items)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<values>\n{values}</values>\n'
    return Content("application/xml", text.encode(), f"transaction-{transaction_id}.xml")


async def _read(request: Request, transaction_id: int) -> list[SignedValueItem]:
    readings = await request.database.read(meter_values.list_of_transaction, transaction_id)
    items = []
    for connector, taken in metered.read(request.parts.central, readings):
        for sample in taken.values:
            if sample.value is not None and is_signed(sample.value, sample.format):
                found = unwrap(sample.value)
                items.append(
                    SignedValueItem(
                        timestamp=taken.timestamp,
                        timestamp_sent=taken.timestamp_sent,
                        connector_id=connector,
                        context=sample.context,
                        measurand=sample.measurand,
                        value=sample.value,
                        data=found.data,
                        format=found.format,
                        encoding=found.encoding,
                        public_key=found.public_key,
                    )
                )
    return items


def _value(transaction_id: int, item: SignedValueItem) -> str:
    from xml.sax.saxutils import escape, quoteattr  # when a file is wanted: 200 KiB of memory

    data, encoding = item.data, item.encoding
    if NOT_IN_XML.search(data):
        data, encoding = base64.b64encode(data.encode(errors="surrogatepass")).decode(), "base64"
    named = "" if item.format is None else f" format={quoteattr(item.format)}"
    key = f'    <publicKey encoding="base64">{escape(item.public_key)}</publicKey>\n' if item.public_key else ""
    return (
        f'  <value transactionId="{transaction_id}" context={quoteattr(item.context)}>\n'
        f'    <signedData{named} encoding="{encoding}">{escape(data)}</signedData>\n{key}  </value>\n'
    )


ROUTES = [
    Route(
        method="GET",
        path=TRANSACTION + "/signed-values",
        function=list_signed_values,
        role=Role.VIEWER,
        query=PageQuery,
        returns=Page[SignedValueItem],
        summary="List the signed meter values of a transaction",
    ),
    Route(
        method="GET",
        path=TRANSACTION + "/signed-values.xml",
        function=export_signed_values,
        role=Role.VIEWER,
        returns=str,
        content_type="application/xml",
        summary="Export the signed meter values of a transaction",
    ),
]
