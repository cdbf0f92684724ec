"""Figures for Prometheus, whatever chargers send."""

from prometheus_client.parser import text_string_to_metric_families

from tests.raw_charger import RawCharger
from tests.running import RunningSite


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
