"""A certificate is brought along over REST: without TLS it is kept at once, with TLS it is on trial first."""

import ssl
from datetime import timedelta
from pathlib import Path

import pytest

from edge_csms.config import load
from edge_csms.domain.accounts import Actor
from edge_csms.domain.errors import Conflict
from edge_csms.domain.roles import Role
from edge_csms.services import certificate_making as making
from edge_csms.site_settings import SiteSettings
from tests.running import RunningSite
from tests.scenarios.charger import Charger
from tests.test_network_trial import confirm

PATH = "/api/v1/site/certificate"


def made(site: RunningSite) -> dict[str, str]:
    now = site.app.clock.now() - timedelta(days=1)
    root_key, key = making.new_key("ecdsa"), making.new_key("ecdsa")
    root = making.make_root(root_key, "ecdsa", "Operator", now)
    certificate = making.make_server_certificate(key, ["localhost"], root_key, root, now)
    return {"certificate": making.chain_pem(certificate, root), "key": making.key_pem(key)}


async def test_without_tls_it_is_kept_for_later(site: RunningSite) -> None:
    answer = await site.ask("PUT", PATH, made(site))
    assert (answer.status, answer.json) == (200, {"surprises": [], "trial": None})
    settings = {one["key"]: one for one in (await site.get("/api/v1/settings"))["items"]}
    assert settings["tls.certificate"]["source"] == "page"
    assert Path(settings["tls.key"]["value"]).parent == site.data_dir / "tls"
    assert (await site.ask("DELETE", PATH)).status == 200
    settings = {one["key"]: one for one in (await site.get("/api/v1/settings"))["items"]}
    assert settings["tls.certificate"]["value"] == ""


async def test_with_tls_it_is_on_trial_and_then_shown(tls_site: RunningSite) -> None:
    answer = await tls_site.ask("PUT", PATH, own := made(tls_site))
    trial = answer.json["trial"]
    assert trial["state"] == "running"
    shown = [path.read_text() for path, _ in tls_site.app.network.tls.files]
    assert shown == [own["certificate"]]
    tls_site.trust = lambda: _trusting(own["certificate"])  # type: ignore[method-assign]
    assert (await confirm(tls_site, trial["url"], trial["code"])).status == 200
    async with Charger(tls_site.secure_ocpp_url, tls=tls_site.trust()) as charger:
        await charger.boot()


async def test_what_can_not_be_used_is_refused_by_its_field(site: RunningSite) -> None:
    body = made(site) | {"key": made(site)["key"]}
    answer = await site.ask("PUT", PATH, body)
    assert answer.status == 400
    assert answer.json["errors"] == {"key": ["this is not the key of the certificate"]}
    assert not list((site.data_dir / "tls").glob("own-*"))
    assert (await site.ask("PUT", PATH, body, role=Role.TECHNICIAN)).status == 403


async def test_one_that_the_file_names_is_changed_there(site: RunningSite, tmp_path: Path) -> None:
    for name in ("own.pem", "own.key"):
        (tmp_path / name).touch()
    file = tmp_path / "config.toml"
    file.write_text(f'[tls]\ncertificate = "{tmp_path}/own.pem"\nkey = "{tmp_path}/own.key"\n')
    settings = SiteSettings(load(file, {}), site.app.database, site.app.settings.trial, site.app.clock.now)
    with pytest.raises(Conflict, match="line 2: change it there"):
        await settings.use_certificate(Actor("admin", ""), "", "")


def _trusting(pem: str) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=pem)
