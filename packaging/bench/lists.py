"""How long the lists of transactions take over a year of them, whatever page or filter is asked for."""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from bench import charger
from bench.load import Load
from bench.process import spent
from bench.runs import Result, Sizes
from bench.site import Api, Site

YEAR_SECONDS = 365 * 86400
MONTH_SECONDS = YEAR_SECONDS / 12
SETTLED_SECONDS = 2 * 3600  # that the newest transaction lies back


async def measure_lists(result: Result, directory: Path) -> None:
    """Let chargers bring a year of transactions, then ask for pages and filters of them."""
    site, sizes = Site(directory), result.sizes
    newest = result.at.timestamp() - SETTLED_SECONDS
    with site.running() as process:
        load = Load(site.target(process), sizes.identities, rest_seconds=sizes.rest_seconds)
        await load.storm()
        times = _times(newest, sizes.transactions // sizes.chargers)
        filled = await load.play("history", [charger.history(one, times) for one in load.chargers])
        load.hang_up()
        if filled.faults:
            raise RuntimeError(f"the transactions could not be stored: {filled.faults}")
        with site.administered() as api:
            for name, path in list_paths(sizes, newest).items():
                result.list_cpu_ms[name] = cpu_ms(api, path, process.pid, sizes.queries)


def _times(newest: float, count: int) -> list[float]:
    return [newest - YEAR_SECONDS * (count - number - 1) / count for number in range(count)]


def list_paths(sizes: Sizes, newest: float) -> dict[str, str]:
    """Name the lists of transactions that are asked for; `newest` is when the last one ended."""
    return {name: f"/api/v1/transactions?{urlencode(query)}" for name, query in _queries(sizes, newest).items()}


def _queries(sizes: Sizes, newest: float) -> dict[str, dict[str, str | int]]:
    identity, id_tag = sizes.identities[-1], f"TAG-{sizes.identities[-1]}"
    month_ago, middle = _text(newest - MONTH_SECONDS), newest - YEAR_SECONDS / 2
    return {
        "newest": {},
        "middle": {"cursor": sizes.transactions // 2},
        "oldest": {"cursor": min(100, sizes.transactions)},
        "a thousand": {"limit": 1000},
        "of a charge point": {"charge_point_id": identity},
        "of a connector": {"charge_point_id": identity, "connector_id": 1},
        "of a connector that nobody has": {"connector_id": 7},
        "of an idTag": {"id_tag": id_tag},
        "of an idTag that nobody has": {"id_tag": "NOBODY"},
        "open": {"open": "true"},
        "closed": {"open": "false"},
        "open of a charge point": {"charge_point_id": identity, "open": "true"},
        "of the last month": {"from": month_ago},
        "of a month half a year ago": {"from": _text(middle - MONTH_SECONDS), "to": _text(middle)},
        "from before all": {"to": "2016-01-01T00:00:00Z"},
        "from after all": {"from": "2050-01-01T00:00:00Z"},
    }


def _text(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def cpu_ms(api: Api, path: str, pid: int, times: int) -> float:
    """Tell how much of the processor the server takes to answer a request."""
    api.ask("GET", path)  # the first one fills the caches
    before = spent(pid)
    for _ in range(times):
        api.ask("GET", path)
    return 1000 * (spent(pid).cpu_seconds - before.cpu_seconds) / times
