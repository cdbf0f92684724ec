"""Figures for Prometheus, whatever chargers send."""

import json
import re
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from tests.raw_charger import RawCharger
from tests.running import RunningSite

ROOT = Path(__file__).parents[2]


async def figures(site: RunningSite) -> dict[str, float]:
    answer = await site.ask("GET", "/metrics", role=None)
    assert (answer.status, answer.headers["Content-Type"].partition(";")[0]) == (200, "text/plain")
    return {
        " ".join((sample.name, *sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.body.decode())
        for sample in family.samples
    }


async def test_connections_calls_and_commits_are_counted(site: RunningSite) -> None:
    assert (await figures(site))["edge_csms_charge_points_connected"] == 0
    async with RawCharger(site.port) as charger:
        await charger.heartbeat()
        await charger.heartbeat()
        await charger.call("Authorize", {})
        found = await figures(site)
        assert found["edge_csms_charge_points_connected"] == 1
        assert found["edge_csms_storage_ok"] == 1
        assert found["edge_csms_calls_total Heartbeat answered"] == 2
        assert found["edge_csms_calls_total Authorize refused"] == 1
        assert found["edge_csms_commits_total"] >= 1
        assert found["edge_csms_jobs_total"] >= found["edge_csms_commits_total"]


async def test_actions_that_nobody_knows_are_counted_together(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        for number in range(20):
            await charger.call(f'Nonsense{number}"}}\n')
        found = await figures(site)
        calls = {name: value for name, value in found.items() if name.startswith("edge_csms_calls_total")}
        assert calls == {"edge_csms_calls_total unknown refused": 20}


async def served(site: RunningSite) -> set[str]:
    answer = await site.ask("GET", "/metrics", role=None)
    families = text_string_to_metric_families(answer.body.decode())
    return {f"{family.name}_total" if family.type == "counter" else family.name for family in families}


async def test_every_figure_is_explained_in_the_manual_and_no_other(site: RunningSite) -> None:
    manual = (ROOT / "packaging/manual/running.md").read_text()
    section = manual.partition("## Figures for Prometheus")[2].partition("\n##")[0]
    assert set(re.findall(r"`((?:edge_csms|process)_\w+)`", section)) == await served(site)


async def test_the_dashboard_asks_for_figures_that_there_are(site: RunningSite) -> None:
    dashboard = json.loads((ROOT / "packaging/grafana/edge-csms.json").read_text())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    names = {name for expr in asked for name in re.findall(r"(?:edge_csms|process)_\w+", expr)}
    assert len(names) > 5
    assert names - await served(site) == set()
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


async def test_a_part_in_trouble_is_a_zero(site: RunningSite) -> None:
    site.app.backup.trouble = "the disk is full"
    found = await figures(site)
    assert (found["edge_csms_part_ok backups"], found["edge_csms_part_ok liveness"]) == (0, 1)
    assert found["edge_csms_disk_free_bytes"] > 0
