"""What the machine is called, and where it is not fit."""

from pathlib import Path

import pytest

from edge_csms.domain.errors import Refusal
from edge_csms.services import preflight
from tests.conftest import StartSite
from tests.running import RunningSite


async def test_its_network_name_is_one_of_its_names_and_in_its_certificate(tls_site: RunningSite) -> None:
    machine = tls_site.app.machine
    assert not tls_site.app._hosts.answers_to("depot.local")
    answer = await tls_site.ask("PATCH", "/api/v1/settings", {"values": {"mdns.name": "depot"}})
    assert answer.status == 200
    assert "depot.local" in machine.hosts()
    assert {"depot.local", "localhost", "127.0.0.1"} <= set(machine.names())
    assert tls_site.app._hosts.answers_to("depot.local")


async def test_a_server_that_only_its_machine_can_reach_tells_no_name(site: RunningSite) -> None:
    assert site.app.machine.announcement.name_in_use is None
    parts = {part["name"]: part["state"] for part in (await site.get("/readyz"))["parts"]}
    assert parts["network name"] == "ok"


async def test_a_name_that_another_machine_has_is_told_by_the_check(site: RunningSite) -> None:
    machine = site.app.machine
    assert str(machine.check()[-1]) == "ok       network name: not told just now"
    machine.announcement.name_in_use = "depot-2"
    assert machine.check()[-1].words == "depot-2.local"
    machine.announcement.words = "depot.local is taken by 192.0.2.7; this box is depot-2.local"
    assert machine.check()[-1].verdict == preflight.Verdict.WARNING
    assert (await site.get("/api/v1/preflight"))["checks"][-1]["words"] == machine.announcement.words


def test_no_site_is_served_from_a_network_file_system(
    start_site: StartSite, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text("21 1 0:5 / / rw,relatime shared:1 - nfs4 nas:/volume rw\n")
    monkeypatch.setattr(preflight, "MOUNTS", mounts)
    with pytest.raises(Refusal, match=r"network file system \(nfs4\).*local disk"):
        start_site()
    assert not (tmp_path / "data" / "edge-csms.db").exists()
