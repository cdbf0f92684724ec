"""What handler functions learn about who asks."""

from typing import Any

from edge_csms.domain.roles import Role
from edge_csms.web.request import Request
from edge_csms.web.route import Route
from tests.web.conftest import MakeSite


async def who_asks(request: Request) -> dict[str, Any]:
    """Tell the caller what we know about it."""
    who = request.actor
    return {"who": [who.username, who.address], "url": request.charger_url}


def route(path: str, role: Role | None) -> Route:
    return Route(method="GET", path=path, function=who_asks, role=role, summary="Who asks")


async def test_a_function_knows_who_asks_and_by_which_address(make_site: MakeSite) -> None:
    site = await make_site([route("/api/v1/me", Role.VIEWER), route("/api/v1/anybody", None)])
    token = await site.token(Role.VIEWER)
    me = (await site.ask("GET", "/api/v1/me", token=token)).json
    assert me["who"] == ["a-viewer", "127.0.0.1"]
    assert me["url"] == f"ws://127.0.0.1:{site.port}"
    anybody = (await site.ask("GET", "/api/v1/anybody", token=token, headers={"Host": "edge-box.local"})).json
    assert anybody["who"] == ["", "127.0.0.1"]
    assert anybody["url"] == "ws://edge-box.local"
