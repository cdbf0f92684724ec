"""`/api/v1/preflight`: what of the machine hinders the server, and how to mend it."""

import asyncio

import msgspec

from edge_csms.domain.roles import Role
from edge_csms.services.preflight import Verdict
from edge_csms.web.request import Request
from edge_csms.web.route import Route


class CheckItem(msgspec.Struct):
    """What was found, in words, and what mends it; `fix` is empty where all is well."""

    name: str
    verdict: Verdict
    words: str
    fix: str


class Preflight(msgspec.Struct):
    """All checks, and the worst verdict."""

    verdict: Verdict
    checks: list[CheckItem]


async def get_preflight(request: Request) -> Preflight:
    """Check the machine now."""
    found = await asyncio.get_running_loop().run_in_executor(None, request.parts.preflight)
    worst = max((check.verdict for check in found), key=list(Verdict).index)
    return Preflight(worst, [CheckItem(check.name, check.verdict, check.words, check.fix) for check in found])


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/preflight",
        function=get_preflight,
        role=Role.VIEWER,
        returns=Preflight,
        summary="Check the machine",
    ),
]
