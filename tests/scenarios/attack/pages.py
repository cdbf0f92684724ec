"""What people look at after somebody has tried to break it: every list and every view over REST."""

import re
from urllib.parse import quote

from edge_csms.web.application import ROUTES
from tests.running import RunningSite


def paths(under: str = "", **names: str) -> list[str]:
    """List the path of every GET, with these names in the place of its placeholders, 1 for all others."""

    def name(found: re.Match[str]) -> str:
        return quote(names.get(found[1], "1"), safe="")

    gets = [route.path for route in ROUTES if route.method == "GET" and route.path.startswith(under)]
    return [re.sub(r"\{(\w+)(?::int)?\}", name, path) for path in gets]


async def every_page_renders(site: RunningSite, charge_point_id: str = "CP1") -> None:
    """Ask for everything; what isn't there may be missing, or be refused for that, but nothing breaks.

    The charger is best gone by then: some answers would come from itself.
    """
    wanted = paths(charge_point_id=charge_point_id)
    for one in await site.transactions():
        wanted += paths("/api/v1/transactions/{", transaction_id=str(one["transaction_id"]))
    for path in wanted:
        answer = await site.ask("GET", path)
        assert answer.status < 500, (path, answer.status, answer.body)
