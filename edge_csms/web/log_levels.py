"""`/api/v1/log-levels`: how much each part of the server logs, changed while it runs and only for a while."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from edge_csms.domain.roles import Role
from edge_csms.web.request import Request
from edge_csms.web.route import Route

log = logging.getLogger(__name__)

Level = Literal["debug", "info", "warning", "error"]
Part = Literal["central", "jobs", "services", "storage", "web"]
PARTS: tuple[Part, ...] = ("central", "jobs", "services", "storage", "web")
WHOLE = logging.getLogger("edge_csms")


class LogLevels:
    """The level that the configuration sets, and those of some parts that somebody has set for a while."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.default: Level = "info"
        self.levels: dict[Part, Level] = {}
        self.until: datetime | None = None  # None: until the next start
        self._now = now
        self._timer: asyncio.TimerHandle | None = None

    def use(self, default: Level) -> None:
        """Log so much where nobody has set anything else."""
        self.default = default
        WHOLE.setLevel(default.upper())

    def set(self, levels: Mapping[Part, Level], seconds: float | None) -> None:
        """Let these parts log so much and all others as configured, for so long or until the next start."""
        self.clear()
        self.levels = dict(levels)
        for part, level in levels.items():
            WHOLE.getChild(part).setLevel(level.upper())
        if levels and seconds is not None:
            self.until = self._now() + timedelta(seconds=seconds)
            self._timer = asyncio.get_running_loop().call_later(seconds, self._expire)

    def clear(self) -> None:
        """Let all parts log as configured."""
        for part in PARTS:
            WHOLE.getChild(part).setLevel(logging.NOTSET)
        self.levels, self.until = {}, None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _expire(self) -> None:
        self.clear()
        log.info("all parts log as configured again")


class LogLevelsItem(msgspec.Struct):
    """The configured level, those of parts that differ from it, and until when; null: until the next start."""

    default: Level
    levels: dict[Part, Level]
    until: datetime | None


class LogLevelsToSet(msgspec.Struct, forbid_unknown_fields=True):
    """Levels of parts; those that are left out log as configured. For so many minutes; null: until the next start."""

    levels: dict[Part, Level]
    minutes: Annotated[int, Meta(ge=1, le=7 * 24 * 60)] | None = 60


async def get_log_levels(request: Request) -> LogLevelsItem:
    """Show how much is logged."""
    levels = request.parts.log_levels
    return LogLevelsItem(levels.default, levels.levels, levels.until)


async def set_log_levels(request: Request, body: LogLevelsToSet) -> LogLevelsItem:
    """Let parts log more or less for a while."""
    request.audit.subject = ", ".join(f"{part} {level}" for part, level in body.levels.items())
    request.audit.details = "until the next start" if body.minutes is None else f"for {body.minutes} minutes"
    request.parts.log_levels.set(body.levels, None if body.minutes is None else body.minutes * 60)
    return await get_log_levels(request)


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/log-levels",
        function=get_log_levels,
        role=Role.VIEWER,
        returns=LogLevelsItem,
        summary="Show how much is logged",
    ),
    Route(
        method="PUT",
        path="/api/v1/log-levels",
        function=set_log_levels,
        role=Role.ADMIN,
        body=LogLevelsToSet,
        returns=LogLevelsItem,
        audit="log_levels.set",
        summary="Log more or less for a while",
    ),
]
