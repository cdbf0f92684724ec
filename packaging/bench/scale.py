"""What a year costs: its size on the disk, the lists over it, its export, and taking the old values out of it."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from bench import lists
from bench.figures import MIB, Figure
from bench.history import Year
from bench.page import Shown, measure_page
from bench.process import fsync_milliseconds, memory
from bench.runs import Sizes
from bench.site import Api, Site
from bench.watch import percentile
from edge_csms.central.clock import SiteClock
from edge_csms.jobs.meter_history import MeterHistory
from edge_csms.services import settings
from edge_csms.storage.database import Database
from edge_csms.storage.recovery import SCANNED_AT_START

MINUTES = 100  # of each transaction: so many messages
SETTLED = timedelta(hours=2)  # that the newest transaction lies back
SCANNED_SECONDS = 1800.0  # within which the server has read a large database from end to end, as it does after a start
SCANNED = "was read from end to end"
# What is old is archived and thinned after the lists were measured, not beside them.
ENVIRONMENT = {"EDGE_CSMS_STORAGE_METER_VALUES_KEEP_DAYS": "0", "EDGE_CSMS_STORAGE_METER_VALUES_ARCHIVES": "false"}
KEEP_DAYS = 180
WATCHED_SECONDS = 60.0  # how long thinning is watched
PAUSE_SECONDS = 0.02  # between the writes of others meanwhile


class Scale(msgspec.Struct, kw_only=True):
    """What was stored and what it cost."""

    transactions: int
    messages: int
    file_bytes: int = 0
    start_ms: float = 0.0
    list_cpu_ms: dict[str, float] = {}
    list_ms: dict[str, float] = {}  # the median of a request and its answer
    page: Shown | None = None
    export_bytes: int = 0
    export_seconds: float = 0.0
    export_grown_bytes: int = 0
    thinning_p50_ms: float = 0.0
    thinning_p99_ms: float = 0.0
    fsync_p99_ms: float = 0.0
    beside_p99_ms: float = 0.0

    def figures(self) -> Iterator[Figure]:
        """Tell them beside what was to be reached."""
        stored = f"{self.messages:,} meter values, {self.transactions:,} transactions"
        yield Figure(name=f"file with {stored}", reached=self.file_bytes / 1e6, unit="MB", to_reach=2500)
        yield Figure(name="start to first HTTP 200 over it", reached=self.start_ms, unit="ms")
        for name, value in self.list_cpu_ms.items():
            yield Figure(name=f"list, {name}, CPU", reached=value, unit="ms", to_reach=50, stretch=10)
        slowest = max(self.list_ms.values())
        yield Figure(
            name="slowest list, from request to answer", reached=slowest, unit="ms", to_reach=1000, stretch=300
        )
        if self.page is not None:
            name, painted = "admin page with the list of transactions", self.page.first_paint_ms
            yield Figure(name=f"{name}, first paint", reached=painted, unit="ms", to_reach=1000, stretch=300)
            yield Figure(name=f"{name}, all there", reached=self.page.list_ms, unit="ms")
        yield Figure(name="export as CSV", reached=self.export_seconds * 1000, unit="ms")
        yield Figure(
            name="memory that the export takes", reached=self.export_grown_bytes / MIB, unit="MiB", to_reach=20
        )
        name = "a slice of thinning with its COMMIT"
        yield Figure(name=f"{name}, p50", reached=self.thinning_p50_ms, unit="ms", to_reach=20)
        yield Figure(name=f"{name}, p99", reached=self.thinning_p99_ms, unit="ms", to_reach=20 + self.fsync_p99_ms)
        yield Figure(name="one fsync just then, p99", reached=self.fsync_p99_ms, unit="ms")
        yield Figure(name="a write beside thinning, p99", reached=self.beside_p99_ms, unit="ms")


async def measure_scale(directory: Path, sizes: Sizes) -> Scale:
    """Store a year in a directory, or take the one that is there, and see what it costs."""
    site, database = Site(directory, fresh=False), directory / "data" / "edge-csms.db"
    scale = Scale(transactions=sizes.transactions, messages=sizes.transactions * MINUTES)
    ends_at = datetime.now(UTC) - SETTLED
    if not database.exists():
        year = Year(sizes.identities, sizes.transactions // sizes.chargers, MINUTES, ends_at)
        await year.fill(database, print)
    scale.file_bytes = database.stat().st_size
    with site.running(ENVIRONMENT) as process:
        scale.start_ms = process.start_ms
        if scale.file_bytes > SCANNED_AT_START:
            _wait_for_scan(site.log)
        with site.administered() as api:
            _ask(scale, api, process.pid, sizes, ends_at)
            scale.page = await measure_page(site.url, api.username, api.password)
    await _thin(scale, database)
    return scale


def _wait_for_scan(log: Path) -> None:
    begun = time.monotonic()
    while SCANNED not in log.read_text() and time.monotonic() - begun < SCANNED_SECONDS:
        time.sleep(1)


def _ask(scale: Scale, api: Api, pid: int, sizes: Sizes, ends_at: datetime) -> None:
    paths = lists.list_paths(sizes, ends_at.timestamp())
    middle = f"/api/v1/transactions/{sizes.transactions // 2}"
    paths |= {"a transaction": middle, "its meter values": f"{middle}/meter-values"}
    for name, path in paths.items():
        scale.list_cpu_ms[name] = lists.cpu_ms(api, path, pid, sizes.queries)
        scale.list_ms[name] = percentile(sorted(_milliseconds(api, path) for _ in range(sizes.queries)), 50)
    before = memory(pid).rss_bytes
    with _watched(pid) as peak:
        begun = time.monotonic()
        scale.export_bytes = api.fetch("/api/v1/transactions.csv")
        scale.export_seconds = time.monotonic() - begun
    scale.export_grown_bytes = max(0, peak() - before)


def _milliseconds(api: Api, path: str) -> float:
    begun = time.monotonic()
    api.ask("GET", path)
    return 1000 * (time.monotonic() - begun)


@contextlib.contextmanager
def _watched(pid: int) -> Iterator[Callable[[], int]]:
    """Give what tells the most memory that a process had until now."""
    seen, ended = [0], threading.Event()

    def watch() -> None:
        while not ended.wait(0.1):
            seen.append(memory(pid).rss_bytes)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield lambda: max(seen)
    finally:
        ended.set()
        thread.join()


async def _thin(scale: Scale, path: Path) -> None:
    """Thin for a while, and see how long others wait for their writes meanwhile."""
    database = Database(path)
    await database.open()
    history = MeterHistory(database, SiteClock(), path.parent / "backups", keep_days=KEEP_DAYS, with_archives=False)
    thinning, waited, ends_at = asyncio.create_task(history.catch_up()), [], time.monotonic() + WATCHED_SECONDS
    while time.monotonic() < ends_at and not thinning.done():
        await asyncio.sleep(PAUSE_SECONDS)
        begun = time.monotonic()
        await database.run(settings.put, "benchmark", "beside")
        waited.append(1000 * (time.monotonic() - begun))
    thinning.cancel()
    await asyncio.gather(thinning, return_exceptions=True)
    await database.close()
    held = sorted(1000 * seconds for seconds in history.pace.held_seconds)
    scale.thinning_p50_ms, scale.thinning_p99_ms = percentile(held, 50), percentile(held, 99)
    scale.fsync_p99_ms = percentile(fsync_milliseconds(path.parent), 99)
    scale.beside_p99_ms = percentile(sorted(waited), 99)
