"""Figures of the server for Prometheus, collected when they are asked for."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from edge_csms import VERSION
from edge_csms.central.system import CentralSystem
from edge_csms.storage.database import Database

if TYPE_CHECKING:
    from prometheus_client import Metric

SOUND = ("ok", "done")  # states of a part that does its work, or has done it


class Metrics:
    """Collects what the parts count by themselves."""

    def __init__(self, central: CentralSystem, database: Database, states: Callable[[], Mapping[str, str]]) -> None:
        self._central = central
        self._database = database
        self._states = states

    def render(self) -> bytes:
        """Give all figures in Prometheus' text format."""
        # 2 MiB that only a site with Prometheus needs
        from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest

        registry = CollectorRegistry()
        registry.register(self)
        ProcessCollector(registry=registry)
        return generate_latest(registry)

    def collect(self) -> "Iterator[Metric]":
        """Give all figures."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        live = self._central.connected()
        watts = sum(one.power_w(connector_id) or 0.0 for one in live for connector_id in one.last_values)
        calls = CounterMetricFamily("edge_csms_calls", "CALLs that were answered", labels=["action", "outcome"])
        for (action, outcome), count in self._central.counts.items():
            calls.add_metric([action, outcome], count)
        parts = GaugeMetricFamily("edge_csms_part_ok", "1 while a part of the server does its work", labels=["part"])
        for name, state in self._states().items():
            parts.add_metric([name], float(state in SOUND))
        info = GaugeMetricFamily("edge_csms_info", "Always 1; its label tells the version", labels=["version"])
        info.add_metric([VERSION], 1)
        free = shutil.disk_usage(self._database.path.parent).free
        yield info
        yield GaugeMetricFamily("edge_csms_charge_points_connected", "Charge points that are connected", len(live))
        yield GaugeMetricFamily("edge_csms_power_watts", "Power that connected charge points last metered", watts)
        yield calls
        yield parts
        yield GaugeMetricFamily(
            "edge_csms_storage_ok", "1 while the database can be written", float(self._database.state == "ok")
        )
        yield GaugeMetricFamily("edge_csms_disk_free_bytes", "Room that is left on the disk with the data", free)
        yield CounterMetricFamily(
            "edge_csms_commits", "Database transactions that were committed", self._database.commits
        )
        yield CounterMetricFamily(
            "edge_csms_jobs", "Functions that were committed in them", self._database.committed_jobs
        )
