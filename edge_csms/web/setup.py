"""`/api/v1/setup`: how far the first set-up of the site is, so that it can be left and continued."""

from typing import Literal

import msgspec

from edge_csms.domain.roles import Role
from edge_csms.services import accounts, settings
from edge_csms.web.request import Request
from edge_csms.web.route import Route

Step = Literal["administrator", "machine", "site", "encryption", "recovery", "charger", "done"]
FIRST: Step = "administrator"
STORED_AS = "setup.step"


class Setup(msgspec.Struct):
    """The step that comes next. Before there is an administrator, that needs the set-up code."""

    step: Step


class SetupStep(msgspec.Struct, forbid_unknown_fields=True):
    """The step that comes next."""

    step: Step


async def get_setup(request: Request) -> Setup:
    """Say how far the set-up is. A site whose administrator came by the command line needs none."""
    if not await request.database.read(accounts.any_exist):
        return Setup(FIRST)
    stored = await request.database.read(settings.get, STORED_AS)
    return Setup(msgspec.convert(stored or "done", Step))


async def put_setup(request: Request, body: SetupStep) -> Setup:
    """Note how far the set-up is."""
    await request.database.run(settings.put, STORED_AS, body.step)
    return Setup(body.step)


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/setup",
        function=get_setup,
        role=None,
        returns=Setup,
        summary="Say how far the set-up is",
    ),
    Route(
        method="PUT",
        path="/api/v1/setup",
        function=put_setup,
        role=Role.ADMIN,
        body=SetupStep,
        returns=Setup,
        summary="Note how far the set-up is",
    ),
]
