"""Findings over REST: how a charge point deviates from the standard, also as text for a mail to its maker."""

from collections.abc import Iterable
from datetime import datetime

from edge_csms.domain.model import ChargePoint, Finding
from edge_csms.domain.roles import Role
from edge_csms.services import findings
from edge_csms.web.charge_points import CHARGE_POINT, FindingItem, finding_item
from edge_csms.web.paging import Page, PageQuery, cursor_number
from edge_csms.web.request import Content, Request
from edge_csms.web.route import Route

PRINTED = "%Y-%m-%d %H:%M UTC"


async def list_findings(request: Request, charge_point_id: str, query: PageQuery) -> Page[FindingItem]:
    """List how a charge point deviates from the standard, the newest first."""
    _, found = await _read(request, charge_point_id)
    start = cursor_number(query.cursor) or 0
    following = start + query.limit
    items = [finding_item(one) for one in found[start:following]]
    return Page(items, str(following) if len(found) > following else None)


async def print_findings(request: Request, charge_point_id: str) -> Content:
    """Write the findings as text for a support mail."""
    text = report(*await _read(request, charge_point_id), request.now)
    return Content("text/plain; charset=utf-8", text.encode(), f"findings-{request.now:%Y-%m-%d}.txt")


async def _read(request: Request, charge_point_id: str) -> tuple[ChargePoint, list[Finding]]:
    await request.parts.central.flush()
    return await request.database.run(findings.list_, charge_point_id)


def report(charge_point: ChargePoint, found: list[Finding], now: datetime) -> str:
    """Word the findings for somebody who has not seen the charge point."""
    told = (
        ("Charge point", charge_point.charge_point_id),
        ("Make", charge_point.vendor),
        ("Model", charge_point.model),
        ("Serial number", charge_point.serial_number),
        ("Firmware", charge_point.firmware_version),
        ("As of", now.strftime(PRINTED)),
    )
    head = [f"{name + ':':<15}{value or 'not told'}" for name, value in told]
    if not found:
        return _text([*head, "", "It has not deviated from the standard so far."])
    intro = "It deviates from OCPP as follows. Each entry has the first message in which this was seen."
    table = [_row("Times", "First seen", "Last seen", "What"), *(_line(one) for one in found)]
    details = [line for number, one in enumerate(found, start=1) for line in _details(number, one)]
    return _text([*head, "", intro, "", *table, "", *details])


def _row(count: str, first_seen: str, last_seen: str, what: str) -> str:
    return f"{count:>7}  {first_seen:<20}  {last_seen:<20}  {what}"


def _line(finding: Finding) -> str:
    place = f"{finding.field}: " if finding.field else ""
    return _row(str(finding.count), _at(finding.first_seen), _at(finding.last_seen), f"{place}{finding.code}")


def _details(number: int, finding: Finding) -> list[str]:
    place = f"{finding.field}: " if finding.field else ""
    return [f"{number}. {place}{finding.explanation}", f"   Example: {finding.example}", ""]


def _at(moment: datetime | None) -> str:
    return "" if moment is None else moment.strftime(PRINTED)


def _text(lines: Iterable[str]) -> str:
    """Join lines; in each a charger's words stay on it, with control characters escaped."""
    return "".join(f"{''.join(map(_printable, line))}\n" for line in lines)


def _printable(character: str) -> str:
    return character if character.isprintable() else f"\\x{ord(character):02x}"


ROUTES = [
    Route(
        method="GET",
        path=CHARGE_POINT + "/findings",
        function=list_findings,
        role=Role.VIEWER,
        query=PageQuery,
        returns=Page[FindingItem],
        errors=(404,),
        summary="List how a charge point deviates from the standard",
    ),
    Route(
        method="GET",
        path=CHARGE_POINT + "/findings.txt",
        function=print_findings,
        role=Role.VIEWER,
        returns=str,
        content_type="text/plain; charset=utf-8",
        errors=(404,),
        summary="Findings as text for a support mail",
    ),
]
