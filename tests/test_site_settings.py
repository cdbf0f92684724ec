"""What is set by whom, what takes effect at once, and what is refused."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from edge_csms.config import load
from edge_csms.domain.accounts import Actor
from edge_csms.domain.errors import Invalid
from edge_csms.domain.settings import Effect, Setting, Source
from edge_csms.services import settings
from edge_csms.site_settings import SiteSettings
from tests.running import RunningSite
from tests.scenarios.charger import Charger

ADMIN = Actor("admin", "192.0.2.1")


def setting(site: SiteSettings, key: str) -> Setting:
    return next(one for one in site.list_() if one.key == key)


async def faults(site: SiteSettings, values: dict[str, Any]) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as caught:
        await site.change(ADMIN, values)
    return caught.value.fields


async def test_a_setting_says_what_it_is(site: RunningSite) -> None:
    shown = setting(site.app.settings, "auth.access_token_minutes")
    assert shown == Setting(
        key="auth.access_token_minutes",
        value=15,
        default=15,
        source=Source.DEFAULT,
        effect=Effect.AT_ONCE,
        read_only=None,
        wanted="a whole number from 1 to 1440 (minutes)",
        least=1,
        most=1440,
    )
    await site.app.settings.change(ADMIN, {"auth.access_token_minutes": 30})
    assert setting(site.app.settings, shown.key) == replace(shown, value=30, source=Source.PAGE)
    await site.app.settings.change(ADMIN, {"auth.access_token_minutes": None})
    assert setting(site.app.settings, shown.key) == shown


async def test_what_file_and_environment_set_is_shown_and_not_changed(site: RunningSite, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[site]\nname = "From the file"\n')
    config = load(file, {"EDGE_CSMS_OCPP_VALIDATION": "strict"})
    both = SiteSettings(config, site.app.database, site.app.settings.trial, site.app.clock.now)
    await both.load(lambda config: None)
    assert (setting(both, "site.name").source, setting(both, "ocpp.validation").source) == ("file", "environment")
    assert await faults(both, {"site.name": "X", "ocpp.validation": "tolerant", "storage.data_dir": "/"}) == {
        "site.name": [f"set by {file}, line 2: change it there"],
        "ocpp.validation": ["set by environment variable EDGE_CSMS_OCPP_VALIDATION: change it there"],
        "storage.data_dir": ["only the configuration file or the environment sets this"],
    }


async def test_of_several_values_with_one_that_is_wrong_none_is_changed(site: RunningSite) -> None:
    wrong = await faults(site.app.settings, {"site.name": "Depot", "site.timezone": "Berlin", "no.key": 1})
    assert wrong == {"no.key": ["is no known key"]}
    assert set(await faults(site.app.settings, {"site.name": "Depot", "site.timezone": "Berlin"})) == {"site.timezone"}
    assert set(await faults(site.app.settings, {"no.key": None})) == {"no.key"}
    assert setting(site.app.settings, "site.name").value == "Charging site"
    assert await site.app.database.run(settings.list_configuration) == {}


async def test_name_zone_and_policies_hold_at_once(site: RunningSite) -> None:
    changed = {
        "site.name": "Tiefgarage Süd",
        "site.timezone": "Europe/Berlin",
        "ocpp.unknown_id_tags": "reject",
        "ocpp.new_charge_points": "reject",
        "ocpp.heartbeat_interval_seconds": 77,
        "server.allowed_hosts": ["csms.example.org"],
        "auth.registration": "approval",
    }
    async with Charger(site.ocpp_url) as charger:
        await charger.boot()
        await site.app.settings.change(ADMIN, changed)
        assert (await charger.boot())["interval"] == 77
        assert (await charger.call("Authorize", {"idTag": "UNKNOWN"}))["idTagInfo"]["status"] == "Invalid"
    shown = await site.get("/api/v1/site")
    assert (shown["name"], shown["timezone"]) == ("Tiefgarage Süd", "Europe/Berlin")
    assert site.app._hosts.answers_to("csms.example.org")
    registration = {"username": "anna", "password1": "Kilowatt-Hour-3", "password2": "Kilowatt-Hour-3"}
    answer = await site.ask("POST", "/api/auth/registration/", registration, role=None)
    assert (answer.status, "access" in answer.json) == (201, False)


async def test_what_was_changed_is_there_after_a_restart_and_what_can_not_be_used_is_told(site: RunningSite) -> None:
    await site.app.settings.change(ADMIN, {"site.name": "Depot"})
    await site.app.database.run(settings.change_configuration, site.app.clock.now(), ADMIN, {"ocpp.validation": "lax"})
    await site.stop()
    await site.start()
    assert (await site.get("/api/v1/site"))["name"] == "Depot"
    parts = {part["name"]: part["state"] for part in (await site.get("/readyz"))["parts"]}
    assert parts["settings"].startswith("ocpp.validation: must be")
    await site.app.settings.change(ADMIN, {"site.name": "Depot Süd"})  # what is wrong is no hindrance


async def test_a_port_that_stays_what_it_is_needs_no_trial(site: RunningSite) -> None:
    port = setting(site.app.settings, "server.port").value
    assert await site.app.settings.change(ADMIN, {"server.port": port}) is None
    assert site.app.settings.trial.last is None
