"""The set-up says how far it is, so that it can be left and continued."""

from edge_csms.domain.roles import Role
from tests.running import RunningSite

PATH = "/api/v1/setup"


async def step_of(site: RunningSite) -> str:
    answer = await site.ask("GET", PATH, role=None)
    assert answer.status == 200
    return str(answer.json["step"])


async def test_a_new_site_waits_for_its_administrator(site: RunningSite) -> None:
    assert await step_of(site) == "administrator"
    await site.token(Role.ADMIN)
    assert await step_of(site) == "done"  # one that came by the command line


async def test_it_is_left_and_continued(site: RunningSite) -> None:
    assert (await site.ask("PUT", PATH, {"step": "encryption"})).json == {"step": "encryption"}
    await site.stop()
    await site.start()
    assert await step_of(site) == "encryption"
    assert (await site.ask("PUT", PATH, {"step": "coffee"})).status == 400
    assert (await site.ask("PUT", PATH, {"step": "done"}, role=Role.TECHNICIAN)).status == 403
