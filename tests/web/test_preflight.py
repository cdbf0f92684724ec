"""The preflight over REST."""

from edge_csms.domain.roles import Role
from tests.running import RunningSite


async def test_the_machine_is_checked_and_our_own_ports_are_no_fault(site: RunningSite) -> None:
    answer = await site.ask("GET", "/api/v1/preflight", role=Role.VIEWER)
    assert answer.status == 200
    checks = {check["name"]: check for check in answer.json["checks"]}
    assert checks[f"port {site.port}"] == {
        "name": f"port {site.port}",
        "verdict": "ok",
        "words": "this server listens on it",
        "fix": "",
    }
    assert checks["data directory"]["verdict"] == "ok"
    worst = "warning" if any(check["verdict"] == "warning" for check in checks.values()) else "ok"
    assert answer.json["verdict"] == worst
    assert (await site.ask("GET", "/api/v1/preflight", role=None)).status == 401
