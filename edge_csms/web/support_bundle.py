"""The support bundle over REST: what somebody far away needs to find a fault, as one zip file and without secrets."""

import asyncio
import importlib.metadata
import io
import json
import platform
import re
from collections.abc import AsyncGenerator, Callable
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from edge_csms.domain.roles import Role
from edge_csms.services import charge_points, configuration, connection_attempts
from edge_csms.services import findings as finding_service
from edge_csms.services.file_store import clean_name
from edge_csms.web.calls import message_item
from edge_csms.web.charge_points import item, read_items
from edge_csms.web.findings import report
from edge_csms.web.request import Content, Request
from edge_csms.web.route import Route

Part = Literal["server", "log", "configuration", "charge_points", "findings", "settings", "frames", "refused"]
Entry = tuple[str, bytes]

MOST_CHARGE_POINTS = 1000
REFUSED = 1000
SECRET = re.compile(r"password|secret|token|credential|(^|_)key$", re.IGNORECASE)
LOGIN_IN_URL = re.compile(r"(?<=://)[^/@\s]+@")
REDACTED = "(redacted)"


class BundleOrder(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which parts; those about single charge points are about the named ones, frames and settings about no others."""

    parts: Annotated[list[Part], Meta(min_length=1)]
    charge_point_ids: Annotated[list[str], Meta(max_length=50)] = []


async def make_support_bundle(request: Request, body: BundleOrder) -> Content:
    """Make a support bundle. It holds no keys, passwords or tokens, but may hold idTags and addresses."""
    request.audit.details = ", ".join([*body.parts, *body.charge_point_ids])
    for charge_point_id in body.charge_point_ids:  # before the answer begins: a name that is wrong is 404
        await request.database.read(charge_points.get, charge_point_id)
    name = f"support-{request.now:%Y-%m-%dT%H-%M-%SZ}.zip"
    return Content("application/zip", _zipped(_entries(request, body)), name)


async def _entries(request: Request, order: BundleOrder) -> AsyncGenerator[Entry, None]:
    wanted = dict.fromkeys(order.parts)
    for part in wanted:
        if part in OF_THE_SITE:
            yield await OF_THE_SITE[part](request)
    for number, charge_point_id in enumerate(dict.fromkeys(order.charge_point_ids), start=1):
        for part in wanted:
            if part in OF_ONE:
                name, data = await OF_ONE[part](request, charge_point_id)
                yield f"{number} {clean_name(charge_point_id)}/{name}", data


async def _server(request: Request) -> Entry:
    import apsw  # which brings the SQLite that is used

    told = {
        "time": request.now,
        "clock": {"shows": request.parts.clock.box_time, "doubt": request.parts.clock.doubt},
        "versions": {
            "edge-csms": request.parts.settings.version,
            "Python": platform.python_version(),
            "Tornado": importlib.metadata.version("tornado"),
            "Peewee": importlib.metadata.version("peewee"),
            "SQLite": apsw.sqlite_lib_version(),
            "system": platform.platform(),
        },
        "storage": request.database.state,
        "integrity": request.parts.integrity(),
        "parts": request.parts.states(),
        "connected": len(request.parts.central.connected()),
    }
    return "server.json", _json(told)


async def _log(request: Request) -> Entry:
    return "log.txt", request.parts.recent_log().encode(errors="replace")


async def _configuration(request: Request) -> Entry:
    return "configuration.json", _json(redacted(request.parts.configuration()))


async def _charge_points(request: Request) -> Entry:
    found, opened = await request.database.read(read_items, "", MOST_CHARGE_POINTS)
    return "charge-points.json", _json([item(shown, request.parts.central, opened) for shown in found])


async def _refused(request: Request) -> Entry:
    await request.parts.attempts.flush()
    found = await request.database.read(connection_attempts.list_, REFUSED)
    return "refused-connections.json", _json([msgspec.to_builtins(one) for one in found])


async def _findings(request: Request, charge_point_id: str) -> Entry:
    await request.parts.central.flush()
    found = await request.database.read(finding_service.list_, charge_point_id)
    return "findings.txt", report(*found, request.now).encode(errors="replace")


async def _settings(request: Request, charge_point_id: str) -> Entry:
    entries = await request.database.read(configuration.list_, charge_point_id)
    return "settings.json", _json([msgspec.to_builtins(one) for one in entries])


async def _frames(request: Request, charge_point_id: str) -> Entry:
    messages = reversed(request.parts.central.inspector.list_(charge_point_id))
    lines = b"".join(msgspec.json.encode(message_item(message)) + b"\n" for message in messages)
    return "frames.jsonl", lines


OF_THE_SITE: dict[str, Callable[[Request], Any]] = {
    "server": _server,
    "log": _log,
    "configuration": _configuration,
    "charge_points": _charge_points,
    "refused": _refused,
}
OF_ONE: dict[str, Callable[[Request, str], Any]] = {"findings": _findings, "settings": _settings, "frames": _frames}


def redacted(value: Any, name: str = "") -> Any:
    """Give a value without what only its owner may know: what is called a secret, and logins in addresses."""
    if isinstance(value, dict):
        return {key: redacted(each, str(key)) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redacted(each, name) for each in value]
    if isinstance(value, str):
        return REDACTED if value and SECRET.search(name) else LOGIN_IN_URL.sub(f"{REDACTED}@", value)
    return value


class _Outflow(io.RawIOBase):
    """What the zip file is written to; its pieces are taken away as they come."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def take(self) -> bytes:
        """Give what came since the last time."""
        taken, self._pieces = b"".join(self._pieces), []
        return taken


async def _zipped(entries: AsyncGenerator[Entry, None]) -> AsyncGenerator[bytes, None]:
    import zipfile  # when a bundle is wanted: 200 KiB of memory

    outflow, loop = _Outflow(), asyncio.get_running_loop()
    with zipfile.ZipFile(outflow, "w", zipfile.ZIP_DEFLATED) as archive:
        async for name, data in entries:
            await loop.run_in_executor(None, archive.writestr, name, data)
            yield outflow.take()
    yield outflow.take()


def _json(told: Any) -> bytes:
    return json.dumps(msgspec.to_builtins(told), indent=2, ensure_ascii=False).encode(errors="replace")


ROUTES = [
    Route(
        method="POST",
        path="/api/v1/support-bundle",
        function=make_support_bundle,
        role=Role.TECHNICIAN,
        body=BundleOrder,
        returns=str,
        content_type="application/zip",
        errors=(404,),
        audit="support_bundle.make",
        summary="Make a support bundle",
    ),
]
