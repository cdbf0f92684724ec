"""The site over REST: what it is and how it is."""

import asyncio
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from edge_csms.central.clock import Doubt
from edge_csms.domain.roles import Role
from edge_csms.web.request import Content, Request
from edge_csms.web.route import Route


class StorageItem(msgspec.Struct):
    """How the storage is; "ok" or what is wrong with it."""

    state: str


class SiteItem(msgspec.Struct):
    """The site."""

    name: str
    timezone: str
    version: str
    time: datetime
    clock_in_doubt: bool
    clock_doubt: Doubt | None
    clock_shows: datetime  # the box's clock, which `time` doesn't follow while it is in doubt
    ocpp_urls: list[str]
    storage: StorageItem
    disk_free_bytes: int | None
    disk_total_bytes: int | None


class Part(msgspec.Struct):
    """One part of the server and how it is."""

    name: str
    state: str


class Readiness(msgspec.Struct):
    """How all parts of the server are."""

    parts: list[Part]


class Health(msgspec.Struct):
    """The process lives."""

    status: str
    run: str  # another one after each start of the server


async def get_site(request: Request) -> SiteItem:
    """Show the site."""
    settings, clock = request.parts.settings, request.parts.clock
    disk = await asyncio.get_running_loop().run_in_executor(None, _disk, request.database.path)
    return SiteItem(
        name=settings.site_name,
        timezone=settings.timezone,
        version=settings.version,
        time=request.now,
        clock_in_doubt=clock.in_doubt,
        clock_doubt=clock.doubt,
        clock_shows=clock.box_time,
        ocpp_urls=[f"{request.charger_url}/ocpp"],
        storage=StorageItem(request.database.state),
        disk_free_bytes=None if disk is None else disk.free,
        disk_total_bytes=None if disk is None else disk.total,
    )


def _disk(path: Path) -> Any:
    """Say how much room the disk has on which the data lie; None where it does not tell."""
    try:
        return shutil.disk_usage(path.parent)
    except OSError:
        return None


async def healthz(request: Request) -> Health:
    """Say that the process lives."""
    return Health("ok", request.parts.run)


async def readyz(request: Request) -> Content:
    """Say whether the server can do its work; 503 while it can't remember what it is told."""
    parts = [
        Part("storage", request.database.state),
        *(Part(name, state) for name, state in request.parts.states().items()),
    ]
    ready = request.database.state == "ok"
    return Content("application/json", msgspec.json.encode(Readiness(parts)), status=200 if ready else 503)


async def metrics(request: Request) -> Content:
    """Give the figures of the server in Prometheus' format."""
    return Content("text/plain; version=0.0.4; charset=utf-8", request.parts.metrics())


_OPEN: dict[str, Any] = {"method": "GET", "role": None}

ROUTES = [
    Route(path="/healthz", function=healthz, returns=Health, summary="Does the process live?", **_OPEN),
    Route(
        path="/readyz",
        function=readyz,
        returns=Readiness,
        errors=(503,),
        summary="Can the server do its work?",
        **_OPEN,
    ),
    Route(
        path="/metrics",
        function=metrics,
        returns=str,
        content_type="text/plain; version=0.0.4; charset=utf-8",
        summary="Figures for Prometheus",
        **_OPEN,
    ),
    Route(
        method="GET",
        path="/api/v1/site",
        function=get_site,
        role=Role.VIEWER,
        returns=SiteItem,
        summary="Show the site",
    ),
]
