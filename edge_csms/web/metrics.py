"""Figures of the server for Prometheus, collected when they are asked for."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from edge_csms.central.system import CentralSystem
from edge_csms.storage.database import Database

if TYPE_CHECKING:
    from prometheus_client import Metric


class Metrics:
    """Collects what the parts count by themselves."""

    def __init__(self, central: CentralSystem, database: Database) -> None:
        self._central = central
        self._database = database

    def render(self) -> bytes:
        """Give all figures in Prometheus' text format."""
        from prometheus_client import CollectorRegistry, generate_latest  # 2 MiB that only a site with Prometheus needs

        registry = CollectorRegistry()
        registry.register(self)
        return generate_latest(registry)

    def collect(self) -> "Iterator[Metric]":
        """Give all figures."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        yield GaugeMetricFamily(
            "edge_csms_charge_points_connected", "Charge points that are connected", len(self._central.connected())
        )
        calls = CounterMetricFamily("edge_csms_calls", "CALLs that were answered", labels=["action", "outcome"])
        for (action, outcome), count in self._central.counts.items():
            calls.add_metric([action, outcome], count)
        yield calls
        yield GaugeMetricFamily(
            "edge_csms_storage_ok", "1 while the database can be written", float(self._database.state == "ok")
        )
        yield CounterMetricFamily(
            "edge_csms_commits", "Database transactions that were committed", self._database.commits
        )
        yield CounterMetricFamily(
            "edge_csms_jobs", "Functions that were committed in them", self._database.committed_jobs
        )
