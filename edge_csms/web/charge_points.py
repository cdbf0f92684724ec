"""Charge points over REST: what they are and do, and how they are let in."""

from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote

import msgspec
from msgspec import UNSET, Meta, UnsetType

from edge_csms.central.live import MAX_EXAMPLE, LiveChargePoint
from edge_csms.central.system import CentralSystem
from edge_csms.domain.model import Connector, Finding, SwitchValue, Transaction, fold
from edge_csms.domain.roles import Role
from edge_csms.services import charge_points, passwords, transactions
from edge_csms.services.charge_points import Shown
from edge_csms.web.paging import Page, PageQuery, page
from edge_csms.web.request import Request
from edge_csms.web.route import Route

CHARGE_POINT = "/api/v1/charge-points/{charge_point_id}"
SHORT_EXAMPLE = 200  # characters of the example of a finding, where charge points are listed

Name = Annotated[str, Meta(max_length=100)]
Password = Annotated[str, Meta(min_length=1, max_length=100)]


class OpenTransaction(msgspec.Struct):
    """What charges on a connector right now."""

    transaction_id: int
    id_tag: str | None
    started_at: datetime | None
    energy_wh: int | None


class PendingStartItem(msgspec.Struct):
    """A remote start that the charge point accepted and has not begun: no transaction yet."""

    id_tag: str
    expires_at: datetime


class ConnectorItem(msgspec.Struct):
    """One connector."""

    connector_id: int
    status: str
    error_code: str | None
    info: str | None
    vendor_error_code: str | None
    status_at: datetime
    power_w: float | None
    transaction_id: int | None
    transaction: OpenTransaction | None
    pending_start: PendingStartItem | None


class FindingItem(msgspec.Struct):
    """One way in which the charge point deviates from the standard."""

    code: str
    field: str
    explanation: str
    example: str
    count: int
    first_seen: datetime | None
    last_seen: datetime | None


class QuirkItem(msgspec.Struct):
    """One way in which the charge point is treated otherwise than the rule says, and why."""

    switch: str
    value: SwitchValue
    reason: str
    by: Literal["make", "file", "technician"]


class ChargePointItem(msgspec.Struct):
    """One charge point."""

    charge_point_id: str
    name: str | None
    online: bool
    registration: Literal["accepted", "pending"]
    vendor: str | None
    model: str | None
    serial_number: str | None
    firmware_version: str | None
    security_profile: int
    has_password: bool
    last_seen: datetime | None
    connectors: list[ConnectorItem]
    findings: list[FindingItem]
    quirks: list[QuirkItem]


class NewChargePoint(msgspec.Struct, forbid_unknown_fields=True):
    """A charge point that is announced; without `password` a key is made up, null means none."""

    charge_point_id: str
    password: Password | UnsetType | None = UNSET
    name: Name | None = None


class CreatedChargePoint(ChargePointItem):
    """A new charge point with the key that was made for it, as hex; it is shown this once."""

    password: str | None = None


class ChargePointChanges(msgspec.Struct, forbid_unknown_fields=True):
    """What may be changed; what is left out stays.

    `password` null takes the password away. On the security profiles 1 and 2, which ask for one, that is 409 unless
    another `security_profile` comes with it: the charger could never connect again.
    """

    registration: Literal["accepted", "pending"] | UnsetType = UNSET
    name: Name | UnsetType | None = UNSET
    password: Password | UnsetType | None = UNSET
    security_profile: Annotated[int, Meta(ge=0, le=3)] | UnsetType = UNSET


class ChargerToken(msgspec.Struct):
    """A token that lets one charger in, and the URL to put into it."""

    token: str
    url: str


def item(
    shown: Shown,
    central: CentralSystem,
    open_transactions: dict[int, Transaction],
    longest_example: int = SHORT_EXAMPLE,
) -> ChargePointItem:
    """Join what is stored and what is known live of a charge point."""
    one = shown.charge_point
    live = central.live(one.charge_point_id)
    quirks = central.quirks.of(one) if live is None else live.quirks
    return ChargePointItem(
        charge_point_id=one.charge_point_id,
        name=one.name,
        online=live is not None and live.online,
        registration=one.registration.value,
        vendor=one.vendor,
        model=one.model,
        serial_number=one.serial_number,
        firmware_version=one.firmware_version,
        security_profile=one.security_profile,
        has_password=one.has_credential,
        last_seen=central.last_seen(one),
        connectors=[
            _connector(connector, live, open_transactions, central.now())
            for connector in shown.connectors
            if connector.connector_id > 0
        ],
        findings=[finding_item(finding, longest_example) for finding in shown.findings],
        quirks=[msgspec.convert(quirk, QuirkItem, from_attributes=True) for quirk in quirks.shown],
    )


def finding_item(finding: Finding, longest_example: int = MAX_EXAMPLE) -> FindingItem:
    """Show a finding; where many are listed, only the beginning of its example."""
    found = msgspec.convert(finding, FindingItem, from_attributes=True)
    if len(found.example) > longest_example:
        found.example = found.example[:longest_example] + "…"
    return found


def _connector(
    connector: Connector, live: LiveChargePoint | None, opened: dict[int, Transaction], now: datetime
) -> ConnectorItem:
    transaction = opened.get(connector.transaction_id) if connector.transaction_id is not None else None
    pending = None if live is None else live.pending_start(connector.connector_id, now)
    return ConnectorItem(
        connector_id=connector.connector_id,
        status=connector.status,
        error_code=connector.error_code,
        info=connector.info,
        vendor_error_code=connector.vendor_error_code,
        status_at=connector.status_at,
        power_w=None if live is None else live.power_w(connector.connector_id),
        transaction_id=connector.transaction_id,
        transaction=None
        if transaction is None
        else msgspec.convert(transaction, OpenTransaction, from_attributes=True),
        pending_start=None if pending is None else PendingStartItem(pending.id_tag, pending.expires_at),
    )


def read_items(after: str, limit: int) -> tuple[list[Shown], dict[int, Transaction]]:
    found = charge_points.list_(after, limit)
    return found, _open_transactions(found)


def read_item(charge_point_id: str) -> tuple[Shown, dict[int, Transaction]]:
    shown = charge_points.show(charge_point_id)
    return shown, _open_transactions([shown])


def _open_transactions(found: list[Shown]) -> dict[int, Transaction]:
    ids = [connector.transaction_id for shown in found for connector in shown.connectors if connector.transaction_id]
    return {one.transaction_id: one for one in transactions.get_many(ids)}


async def show_item(request: Request, charge_point_id: str) -> ChargePointItem:
    """Give one charge point as it is now."""
    await request.parts.central.flush()
    shown, opened = await request.database.run(read_item, charge_point_id)
    return item(shown, request.parts.central, opened, MAX_EXAMPLE)


async def list_charge_points(request: Request, query: PageQuery) -> Page[ChargePointItem]:
    """List the charge points in the order of their identity."""
    await request.parts.central.flush()
    found, opened = await request.database.read(read_items, fold(query.cursor or ""), query.limit + 1)
    items = [item(shown, request.parts.central, opened) for shown in found]
    return page(items, query.limit, lambda one: one.charge_point_id)


async def get_charge_point(request: Request, charge_point_id: str) -> ChargePointItem:
    """Show a charge point."""
    return await show_item(request, charge_point_id)


async def create_charge_point(request: Request, body: NewChargePoint) -> CreatedChargePoint:
    """Announce a charge point; it is accepted from the start."""
    request.audit.subject = body.charge_point_id
    credential, key = await _credential(request, body.charge_point_id, body.password)
    columns = {"credential": credential, "name": body.name}
    created = await request.database.run(charge_points.add, body.charge_point_id, request.now, columns)
    request.parts.central.refresh(created)
    shown = await show_item(request, body.charge_point_id)
    return CreatedChargePoint(**{name: getattr(shown, name) for name in shown.__struct_fields__}, password=key)


async def update_charge_point(request: Request, charge_point_id: str, body: ChargePointChanges) -> ChargePointItem:
    """Accept, rename, or give another password to a charge point."""
    changes: dict[str, Any] = {
        name: value
        for name in ("registration", "name", "security_profile")
        if (value := getattr(body, name)) is not UNSET
    }
    if body.password is not UNSET:
        changes["credential"], _ = await _credential(request, charge_point_id, body.password)
        changes["next_credentials"] = None
    request.audit.details = ", ".join(f"{name}={value}" for name, value in changes.items() if "credential" not in name)
    changed = await request.database.run(charge_points.update, charge_point_id, changes, request.now)
    request.parts.central.refresh(changed)
    return await show_item(request, charge_point_id)


async def delete_charge_point(request: Request, charge_point_id: str) -> None:
    """Retire a charge point: it can't connect any more, its transactions stay."""
    await request.database.run(charge_points.delete, charge_point_id, request.now)
    request.parts.central.retire(charge_point_id)


async def create_charger_token(request: Request, charge_point_id: str) -> ChargerToken:
    """Make a token that lets this charger in; it ends the one before."""
    known = await request.database.run(charge_points.get, charge_point_id)
    token, token_id = request.parts.tokens.issue_for_charger(known.charge_point_id, request.now)
    await request.database.run(charge_points.update, charge_point_id, {"token_id": token_id}, request.now)
    identity = quote(known.charge_point_id, safe="")
    return ChargerToken(token, f"{request.charger_url}/ws/ocpp/{identity}/?token={token}")


async def delete_charger_token(request: Request, charge_point_id: str) -> None:
    """End the charger's token."""
    await request.database.run(charge_points.update, charge_point_id, {"token_id": None}, request.now)


async def _credential(
    request: Request, charge_point_id: str, password: str | UnsetType | None
) -> tuple[str | None, str | None]:
    """Make what is stored of a password, and the hex of the key where one is made up."""
    if password is None:
        return None, None
    if isinstance(password, UnsetType):
        key = passwords.make_charger_key()
        return passwords.hash_charger_key(key, charge_point_id), key.hex()
    return await request.parts.hashing.run(passwords.hash_charger_password, password), None


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/charge-points",
        function=list_charge_points,
        role=Role.VIEWER,
        query=PageQuery,
        returns=Page[ChargePointItem],
        summary="List charge points",
    ),
    Route(
        method="POST",
        path="/api/v1/charge-points",
        function=create_charge_point,
        role=Role.TECHNICIAN,
        body=NewChargePoint,
        returns=CreatedChargePoint,
        status=201,
        errors=(409, 429),
        audit="charge_point.add",
        summary="Add a charge point",
    ),
    Route(
        method="GET",
        path=CHARGE_POINT,
        function=get_charge_point,
        role=Role.VIEWER,
        returns=ChargePointItem,
        errors=(404,),
        summary="Show a charge point",
    ),
    Route(
        method="PATCH",
        path=CHARGE_POINT,
        function=update_charge_point,
        role=Role.TECHNICIAN,
        body=ChargePointChanges,
        returns=ChargePointItem,
        errors=(404, 409, 429),
        audit="charge_point.edit",
        summary="Accept or change a charge point",
    ),
    Route(
        method="DELETE",
        path=CHARGE_POINT,
        function=delete_charge_point,
        role=Role.TECHNICIAN,
        status=204,
        errors=(404,),
        audit="charge_point.delete",
        summary="Retire a charge point",
    ),
    Route(
        method="POST",
        path=CHARGE_POINT + "/token",
        function=create_charger_token,
        role=Role.TECHNICIAN,
        returns=ChargerToken,
        errors=(404,),
        audit="charge_point.token",
        summary="Make a charger token",
    ),
    Route(
        method="DELETE",
        path=CHARGE_POINT + "/token",
        function=delete_charger_token,
        role=Role.TECHNICIAN,
        status=204,
        errors=(404,),
        audit="charge_point.token_end",
        summary="End the charger token",
    ),
]
