"""Quirks over REST: seen with each charge point, set by technicians, kept over restarts; and the site's own file."""

from edge_csms.central.quirks_file import NAME
from edge_csms.domain.roles import Role
from tests.raw_charger import RawCharger
from tests.running import RunningSite

PATH = "/api/v1/charge-points/CP1/quirks"


async def boot(site: RunningSite, vendor: str) -> None:
    async with RawCharger(site.port) as charger:
        await charger.call("BootNotification", {"chargePointVendor": vendor, "chargePointModel": "Box"})


async def shown(site: RunningSite) -> dict[str, dict[str, object]]:
    return {one["switch"]: one for one in (await site.get("/api/v1/charge-points/CP1"))["quirks"]}


async def test_what_a_make_needs_is_shown_with_the_reason(site: RunningSite) -> None:
    await boot(site, "JIGU")
    quirk = (await shown(site))["close_abruptly"]
    assert (quirk["value"], quirk["by"]) == (True, "make")
    assert str(quirk["reason"]).startswith("active because this make does not connect again")


async def test_the_rule_shows_nothing(site: RunningSite) -> None:
    await boot(site, "Acme")
    assert await shown(site) == {}


async def test_a_technician_sets_a_switch_and_leaves_it_to_the_make_again(site: RunningSite) -> None:
    await boot(site, "JIGU")
    answer = await site.ask("PUT", f"{PATH}/close_abruptly", {"value": False}, role=Role.TECHNICIAN)
    assert (answer.status, [one["by"] for one in answer.json["quirks"]]) == (200, ["technician"])
    await site.stop()
    await site.start()
    assert (await shown(site))["close_abruptly"]["value"] is False
    answer = await site.ask("DELETE", f"{PATH}/close_abruptly", role=Role.TECHNICIAN)
    assert (await shown(site))["close_abruptly"]["by"] == "make"
    audit = (await site.get("/api/v1/audit?action=charge_point.quirk"))["items"]
    assert [one["details"] for one in audit] == ["close_abruptly=automatic", "close_abruptly=False"]


async def test_a_switch_holds_at_once_for_a_connected_charger(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        await site.ask("PUT", f"{PATH}/local_time", {"value": True})
        live = site.app.central.live("CP1")
        assert live is not None
        assert live.quirks.switches.local_time


async def test_nonsense_is_refused(site: RunningSite) -> None:
    await boot(site, "Acme")
    assert (await site.ask("PUT", f"{PATH}/magic", {"value": True})).status == 400
    assert (await site.ask("PUT", f"{PATH}/local_time", {"value": "maybe"})).status == 400
    assert (await site.ask("PUT", f"{PATH}/local_time", {"value": None})).status == 400
    assert (await site.ask("PUT", f"{PATH}/local_time", {"value": True}, role=Role.VIEWER)).status == 403
    assert (await site.ask("PUT", PATH.replace("CP1", "CP2") + "/local_time", {"value": True})).status == 404
    assert (await site.ask("DELETE", f"{PATH}/magic")).status == 200


async def test_the_book_of_quirks_explains_every_switch(site: RunningSite) -> None:
    book = await site.get("/api/v1/quirks")
    assert all(one["meaning"].endswith(".") for one in book["switches"])
    assert {one["by"] for one in book["rows"]} == {"make"}


async def test_the_file_of_the_site_is_used_and_its_faults_are_in_readyz(site: RunningSite) -> None:
    await site.stop()
    row = '[[quirk]]\nvendor = "Acme"\nswitch = "no_set_up"\nreason = "it sulks"\n'
    (site.data_dir / NAME).write_text(row + '[[quirk]]\nswitch = "magic"\nreason = "none"\n')
    await site.start()
    await boot(site, "Acme")
    assert (await shown(site))["no_set_up"]["by"] == "file"
    readiness = await site.ask("GET", "/readyz", role=None)
    states = {part["name"]: part["state"] for part in readiness.json["parts"]}
    assert readiness.status == 200
    assert states["quirks"].startswith("row 2: there is no switch magic")


async def test_each_switch_says_what_it_does_and_which_values_it_can_have(site: RunningSite) -> None:
    switches = {one["switch"]: one for one in (await site.get("/api/v1/quirks"))["switches"]}
    assert switches["local_time"]["choices"] == [True, False]
    assert switches["limit_unit"]["choices"] == ["A", "W"]
    assert switches["max_stack_level"]["choices"] == []
    assert switches["local_time"]["meaning"].startswith("A time that names no zone")
