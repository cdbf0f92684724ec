"""No secret that is put into a site is found in anything that it keeps, tells or logs, but where it belongs (S-16)."""

import base64
import io
import json
import logging
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from edge_csms.config.settings import Tls
from edge_csms.storage.packing import unpack
from edge_csms.storage.tables import TABLES
from tests.conftest import StartSite
from tests.file_jobs import http
from tests.running import Answer, RunningSite
from tests.scenarios.attack.pages import paths
from tests.scenarios.charger import ACCEPTED, Charger, HandshakeRefused

FIRST, SECOND, USERS = "Kilo-Watt-Hour-7", "Mega-Volt-Ampere-8", "Nano-Farad-Coil-9"
TYPED, GUESS = "garage door: seven", "garage door: six 6"
NEW_KEY = bytes(range(100, 120))
WIFI = "wifi-pass-phrase-2026"
BUNDLE = ["server", "log", "configuration", "charge_points", "findings", "settings", "frames", "refused"]
HOMES = ("secrets", "tls/*.key", "setup-code")  # where a secret may lie in clear: files that only their owner can read

Secrets = dict[str, bytes]


def forms(secret: bytes) -> Iterator[bytes]:
    """Give what a secret looks like in the ways in which it may be written down."""
    yield secret
    yield secret.hex().encode()
    yield base64.b64encode(secret)
    yield base64.urlsafe_b64encode(secret).rstrip(b"=")
    yield quote(secret, safe="").encode()
    yield json.dumps(secret.decode("latin-1"))[1:-1].encode()


@pytest.fixture
def site(start_site: StartSite) -> RunningSite:
    """Give a server with both ports, whose log tells everything."""
    return start_site(hold_after_boot_seconds=0.0, tls=Tls(enabled=True, port=0))


class Life:
    """What happens on a site in which every kind of secret has a part; `secrets` has them by name."""

    def __init__(self, site: RunningSite) -> None:
        self.site = site
        self.secrets: Secrets = {
            "password": FIRST.encode(),
            "new password": SECOND.encode(),
            "password of another user": USERS.encode(),
            "password of a charger": TYPED.encode(),
            "wrong password": GUESS.encode(),
            "new key": NEW_KEY,
            "secret setting": WIFI.encode(),
        }

    async def people_come(self) -> None:
        """Register with the set-up code, change the password, fail to log in, log in again."""
        code = (self.site.data_dir / "setup-code").read_text().strip()
        self.keep("set-up code", code)
        account = {"username": "anna", "password1": FIRST, "password2": FIRST, "setup_code": code}
        made = await self.ask("POST", "/api/auth/registration/", account, status=201, token="")
        self.keep_tokens(made.json)
        change = {"old_password": FIRST, "new_password1": SECOND, "new_password2": SECOND}
        await self.ask("POST", "/api/auth/password/change/", change)
        await self.ask("POST", "/api/auth/login/", {"username": "anna", "password": GUESS}, status=400, token="")
        again = await self.ask("POST", "/api/auth/login/", {"username": "anna", "password": SECOND}, token="")
        self.keep_tokens(again.json)
        await self.ask("POST", "/api/auth/token/refresh/", {"refresh": again.json["refresh"]}, token="")
        await self.ask("POST", "/api/v1/users", {"username": "bert", "password": USERS, "role": "viewer"}, status=201)

    async def chargers_are_announced(self) -> bytes:
        """Announce one with a key that is made up, which is returned, and one with a password."""
        made = await self.ask("POST", "/api/v1/charge-points", {"charge_point_id": "CP1"}, status=201)
        key = bytes.fromhex(made.json["password"])
        self.keep("made-up key", key)
        self.keep("login of a charger", b"CP1:" + key)
        await self.ask("POST", "/api/v1/charge-points", {"charge_point_id": "CP2", "password": TYPED}, status=201)
        token = (await self.ask("POST", "/api/v1/charge-points/CP2/token")).json["token"]
        self.keep("charger token", token)
        return key

    async def a_charger_comes(self, key: bytes) -> None:
        """Boot, be read, get another key twice, and bring a file."""
        async with Charger(self.site.ocpp_url, "CP1", password=key) as charger:
            known = [{"key": "AuthorizationKey", "readonly": False, "value": key.hex()}]
            known.append({"key": "WifiPassword", "readonly": False, "value": WIFI})
            charger.answers["GetConfiguration"] = {"configurationKey": known}
            charger.answers["ChangeConfiguration"] = self.take_key
            charger.answers["GetDiagnostics"] = self.bring_file
            await charger.boot()
            await self.ask("GET", "/api/v1/charge-points/CP1/configuration?refresh=true")
            configuration = "/api/v1/charge-points/CP1/configuration/"
            await self.ask("PUT", configuration + "AuthorizationKey", {"value": NEW_KEY.hex()})
            await self.ask("PUT", configuration + "WifiPassword", {"value": WIFI})
            await self.ask("POST", "/api/v1/charge-points/CP1/key")
            wish = {"key": "AuthorizationKey", "value": NEW_KEY.hex()}
            await self.ask("POST", "/api/v1/charge-points/CP1/calls/ChangeConfiguration", wish)
            await self.ask("POST", "/api/v1/charge-points/CP1/diagnostics", {}, status=201)
            await http(self.where, "PUT", b"no secret")

    async def others_fail_to_come(self) -> None:
        """Come with a wrong password, and with a token where another charger's is wanted."""
        token = self.secrets["charger token"].decode()
        for identity, query, password in (("CP2", "", GUESS), ("CP1", f"?token={token}", None)):
            with pytest.raises(HandshakeRefused):
                await Charger(self.site.ocpp_url, identity + query, password=password).connect()

    def take_key(self, asked: dict[str, Any]) -> dict[str, Any]:
        value = asked["value"]
        self.keep(f"key {value[:4]}", bytes.fromhex(value) if asked["key"] == "AuthorizationKey" else value)
        return ACCEPTED

    def bring_file(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.where = asked["location"]
        self.keep("one-time path", urlsplit(self.where).path.split("/")[2])
        return {"fileName": "diagnostics.zip"}

    def keep(self, name: str, secret: str | bytes) -> None:
        self.secrets[name] = secret.encode() if isinstance(secret, str) else secret

    def keep_tokens(self, made: dict[str, Any]) -> None:
        number = len(self.secrets)
        self.keep(f"access token {number}", made["access"])
        self.keep(f"refresh token {number}", made["refresh"])
        self.token = made["access"]

    async def ask(
        self, method: str, path: str, body: Any = None, *, status: int = 200, token: str | None = None
    ) -> Answer:
        """Ask as the administrator, or with "" as nobody."""
        answer = await self.site.ask(
            method, path, body, role=None, token=(self.token if token is None else token) or None
        )
        assert answer.status == status, (path, answer.status, answer.body)
        return answer


async def told_over_rest(life: Life) -> dict[str, bytes]:
    """Ask for everything there is, as an administrator."""
    backup = (await life.ask("POST", "/api/v1/backups", status=201)).json["name"]
    names = {"charge_point_id": "CP1", "name": backup}
    told = {path: (await life.site.ask("GET", path, token=life.token)).body for path in paths(**names)}
    wish = {"parts": BUNDLE, "charge_point_ids": ["CP1", "CP2"]}
    bundle = await life.ask("POST", "/api/v1/support-bundle", wish)
    with zipfile.ZipFile(io.BytesIO(bundle.body)) as archive:
        told |= {f"bundle: {name}": archive.read(name) for name in archive.namelist()}
    assert b"ChangeConfiguration" in told["/api/v1/charge-points/CP1/messages"]
    assert b"ChangeConfiguration" in told["bundle: 1 CP1/frames.jsonl"]
    return told


def rows() -> bytes:
    """Give everything in the database, with what is packed in it."""
    found = []
    for table in TABLES:
        for row in table.select().tuples():
            found.append(repr(row).encode())
            found += [bytes(value) for value in row if isinstance(value, bytes | memoryview)]
            found += [unpack(value) for value in row if isinstance(value, bytes) and value[:1] in (b"\0", b"\1")]
    return b"\n".join(found)


def kept_on_disk(directory: Path) -> dict[str, bytes]:
    """Give all files of a site but those that are there to keep secrets."""
    homes = {path for home in HOMES for path in directory.glob(home)}
    assert all(path.stat().st_mode & 0o077 == 0 for path in homes)
    return {
        str(path): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file() and path not in homes and path.name != "ballast"
    }


async def test_no_secret_lies_where_it_does_not_belong(site: RunningSite, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    life = Life(site)
    await life.people_come()
    capture = quote((await life.ask("POST", "/api/v1/captures", {}, status=201)).json["name"])
    key = await life.chargers_are_announced()
    await life.a_charger_comes(key)
    await life.others_fail_to_come()
    await life.ask("POST", f"/api/v1/captures/{capture}/end")
    told = await told_over_rest(life)
    told["the capture"] = (await life.ask("GET", f"/api/v1/captures/{capture}/file")).body
    assert b"ChangeConfiguration" in told["the capture"]
    told |= kept_on_disk(site.data_dir) | {"rows": await site.app.database.read(rows)}
    assert any(name.endswith("-wal") for name in told)
    ours = (record for record in caplog.records if not record.name.startswith("websockets"))  # that is the charger
    told["log"] = "\n".join(record.getMessage() for record in ours).encode()
    told["arguments"] = "\0".join(sys.argv).encode() + Path("/proc/self/cmdline").read_bytes()
    await site.stop()
    told |= {f"{name} after the end": content for name, content in kept_on_disk(site.data_dir).items()}
    for path in (*site.data_dir.glob("secrets"), *site.data_dir.glob("tls/*.key")):
        life.secrets |= {f"{path.name}: {line[:12]}": line.encode() for line in path.read_text().splitlines()[1:-1]}
    found = [
        (name, place)
        for place, content in told.items()
        for lowered in (content.lower(),)
        for name, secret in life.secrets.items()
        if any(form.lower() in lowered for form in forms(secret))
    ]
    assert found == [], "\n".join(map(str, found))
