"""Transactions over REST: what was charged, with its meter values, as pages and as CSV."""

import csv
import io
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from edge_csms.central import metered
from edge_csms.domain.model import Transaction
from edge_csms.domain.roles import Role
from edge_csms.services import meter_values, transactions
from edge_csms.web.paging import Page, PageQuery, Time, cursor_number, page
from edge_csms.web.request import Content, Request
from edge_csms.web.route import Route

EXPORT_SLICE = 500
LARGEST_INTEGER = 2**63 - 1


class TransactionItem(msgspec.Struct):
    """One charging transaction; energies in Wh, times in UTC."""

    transaction_id: int
    charge_point_id: str
    connector_id: int | None
    id_tag: str | None
    id_tag_status: str | None
    meter_start_wh: int | None
    meter_stop_wh: int | None
    energy_wh: int | None
    started_at: datetime | None
    stopped_at: datetime | None
    stop_reason: str | None
    state: Annotated[str, Meta(description="open, closed, closed_late, inferred or orphan")]
    clock_doubt: bool
    reservation_id: int | None


class Filters(PageQuery):
    """Which transactions: all that meet every filter given."""

    charge_point_id: str | None = None
    connector_id: Annotated[int, Meta(ge=-LARGEST_INTEGER, le=LARGEST_INTEGER)] | None = None
    id_tag: str | None = None
    open: bool | None = None
    from_: Time | None = msgspec.field(default=None, name="from")
    to: Time | None = None


class Value(msgspec.Struct):
    """One metered value as it was sent, null where it can't be read, with the standard's defaults filled in."""

    value: str | None
    measurand: str
    unit: str | None
    phase: str | None
    context: str
    location: str
    format: str


class MeterValueItem(msgspec.Struct):
    """The values that were taken at one time; `timestamp_sent` where the charger's could not be read."""

    timestamp: datetime | None
    timestamp_sent: str | None
    connector_id: int | None
    values: list[Value]


def item(transaction: Transaction) -> TransactionItem:
    """Show a transaction."""
    return msgspec.convert(transaction, TransactionItem, from_attributes=True)


def _find(filters: Filters, before: int | None, limit: int) -> list[TransactionItem]:
    found = transactions.list_(
        charge_point_id=filters.charge_point_id,
        before=before,
        limit=limit,
        connector_id=filters.connector_id,
        id_tag=filters.id_tag,
        is_open=filters.open,
        started_from=filters.from_,
        started_before=filters.to,
    )
    return [item(transaction) for transaction in found]


async def list_transactions(request: Request, query: Filters) -> Page[TransactionItem]:
    """List transactions, the newest first."""
    found = await request.database.read(_find, query, cursor_number(query.cursor), query.limit + 1)
    return page(found, query.limit, lambda one: one.transaction_id)


async def get_transaction(request: Request, transaction_id: int) -> TransactionItem:
    """Show a transaction."""
    return item(await request.database.read(transactions.get, transaction_id))


async def list_meter_values(request: Request, transaction_id: int, query: PageQuery) -> Page[MeterValueItem]:
    """List what was metered in a transaction by time, its Stop's transaction data included."""
    readings = await request.database.read(meter_values.list_of_transaction, transaction_id)
    read = metered.read(request.parts.central, readings)
    items = [
        MeterValueItem(
            one.timestamp,
            one.timestamp_sent,
            connector,
            [msgspec.convert(value, Value, from_attributes=True) for value in one.values],
        )
        for connector, one in read
    ]
    start = cursor_number(query.cursor) or 0
    following = start + query.limit
    return Page(items[start:following], str(following) if len(items) > following else None)


async def export_transactions(request: Request, query: Filters) -> Content:
    """Export transactions as CSV, in slices, so that a hundred thousand of them fit; `limit` is none for them."""
    return Content("text/csv; charset=utf-8", _rows(_slices(request, query)), "transactions.csv")


async def export_transactions_as_json(request: Request, query: Filters) -> Content:
    """Export transactions as a JSON array, in slices too."""
    return Content("application/json", _array(_slices(request, query)), "transactions.json")


def _slices(request: Request, filters: Filters) -> AsyncGenerator[list[TransactionItem], None]:
    """Find all transactions, a part at a time; raises Invalid at once for a cursor that is none."""
    first = cursor_number(filters.cursor)

    async def find() -> AsyncGenerator[list[TransactionItem], None]:
        before = first
        while found := await request.database.read(_find, filters, before, EXPORT_SLICE):
            yield found
            before = found[-1].transaction_id

    return find()


async def _array(slices: AsyncGenerator[list[TransactionItem], None]) -> AsyncGenerator[bytes, None]:
    between = b"["
    async for found in slices:
        yield between + b",\n".join(msgspec.json.encode(one) for one in found)
        between = b",\n"
    yield b"[]\n" if between == b"[" else b"]\n"


async def _rows(slices: AsyncGenerator[list[TransactionItem], None]) -> AsyncGenerator[bytes, None]:
    names = TransactionItem.__struct_fields__
    yield _csv([names])
    async for found in slices:
        yield _csv([[_cell(getattr(one, name)) for name in names] for one in found])


def _csv(rows: Any) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    """Write a cell so that no spreadsheet takes a charger's text for a formula."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/transactions",
        function=list_transactions,
        role=Role.VIEWER,
        query=Filters,
        returns=Page[TransactionItem],
        summary="List transactions",
    ),
    Route(
        method="GET",
        path="/api/v1/transactions.csv",
        function=export_transactions,
        role=Role.VIEWER,
        query=Filters,
        returns=str,
        content_type="text/csv; charset=utf-8",
        summary="Export transactions",
    ),
    Route(
        method="GET",
        path="/api/v1/transactions.json",
        function=export_transactions_as_json,
        role=Role.VIEWER,
        query=Filters,
        returns=list[TransactionItem],
        summary="Export transactions as JSON",
    ),
    Route(
        method="GET",
        path="/api/v1/transactions/{transaction_id:int}",
        function=get_transaction,
        role=Role.VIEWER,
        returns=TransactionItem,
        errors=(404,),
        summary="Show a transaction",
    ),
    Route(
        method="GET",
        path="/api/v1/transactions/{transaction_id:int}/meter-values",
        function=list_meter_values,
        role=Role.VIEWER,
        query=PageQuery,
        returns=Page[MeterValueItem],
        errors=(404,),
        summary="List what was metered in a transaction",
    ),
]
