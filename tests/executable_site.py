"""A site served by the executable, with the surface of `RunningSite`: what tests show of the source holds for it."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import msgspec
import pytest
from tornado.httpclient import AsyncHTTPClient
from tornado.testing import bind_unused_port

from edge_csms import control
from edge_csms.central import quirks_file
from edge_csms.config import Config
from edge_csms.domain.roles import Role
from edge_csms.services.certificate_authority import CertificateAuthority
from tests.program import COMMAND
from tests.running import PASSWORD, RunningSite

SECONDS = 30
HOLD = """
[[quirk]]
vendor = "*"
switch = "hold_after_boot_seconds"
value = {seconds}
reason = "tests are in a hurry"
"""


class ExecutableSite(RunningSite):
    """A running executable and the ways to reach it. A test that looks inside of the server is skipped."""

    def __init__(self, data_dir: Path, *, hold_after_boot_seconds: float | None = None, **settings: Any) -> None:
        super().__init__(data_dir, **settings)
        self.config = _with_ports(self.config)
        self._tokens: dict[Role, str] = {}
        self._asking_for_token = asyncio.Lock()
        if hold_after_boot_seconds is not None:  # no setting of a site, but what its chargers may need
            data_dir.mkdir()
            (data_dir / quirks_file.NAME).write_text(HOLD.format(seconds=hold_after_boot_seconds))

    @property
    def app(self) -> NoReturn:  # type: ignore[override]
        """Say that there is none."""
        pytest.skip("looks inside of the server")

    async def start(self) -> None:
        """Start it, on the same ports at each start, and wait until it answers."""
        self._client = AsyncHTTPClient(force_instance=True)
        self._process = subprocess.Popen(
            [*COMMAND, "serve"],
            env={"PATH": os.defpath, **dict(_environment(self.config))},  # nothing of this project's own environment
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        async with asyncio.timeout(SECONDS):
            while not await self._answers():
                assert self._process.poll() is None
                await asyncio.sleep(0.01)  # between two attempts

    async def stop(self) -> None:
        """Stop it in good order."""
        self._client.close()
        self._process.terminate()
        assert await asyncio.get_running_loop().run_in_executor(None, self._process.wait, SECONDS) == 0

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return self.config.server.port

    @property
    def tls_port(self) -> int:
        """The encrypted port, of a server that has one."""
        return self.config.tls.port

    def root_pem(self) -> str:
        """Give the roots of the site's own authority, as they lie in its data directory."""
        return CertificateAuthority(self.data_dir, self.config.site.name).root_pem()

    async def token(self, role: Role = Role.ADMIN) -> str:
        """Give an access token of an account with this role, which is made as the command line does, if need be."""
        async with self._asking_for_token:
            if role not in self._tokens:
                said = {"username": f"the-{role}", "password": PASSWORD}
                new = (self.data_dir, "add_user", {**said, "role": role})
                await asyncio.get_running_loop().run_in_executor(None, control.administer, *new)
                answer = await self.ask("POST", "/api/auth/login/", said, role=None)
                self._tokens[role] = answer.json["access"]
            return self._tokens[role]

    async def charger_is_gone(self, charge_point_id: str) -> None:
        """Wait until the server has noticed that a charger hung up."""
        async with asyncio.timeout(SECONDS):
            while (await self.get(f"/api/v1/charge-points/{charge_point_id}"))["online"]:
                await asyncio.sleep(0.02)

    async def _answers(self) -> bool:
        try:
            return (await self.ask("GET", "/healthz", role=None)).status == 200
        except OSError:
            return False


def _with_ports(config: Config) -> Config:
    """Give every port that is to be any port a number."""
    found = [bind_unused_port() for _ in range(3)]  # all at once, else one might be found twice
    for listener, _ in found:
        listener.close()
    (_, plain), (_, encrypted), (_, ftp) = found
    return msgspec.structs.replace(
        config,
        server=msgspec.structs.replace(config.server, port=plain),
        tls=msgspec.structs.replace(config.tls, port=encrypted),
        files=msgspec.structs.replace(config.files, ftp_port=ftp),
    )


def _environment(config: Config) -> Iterator[tuple[str, str]]:
    """Tell settings by environment variables."""
    for section, keys in msgspec.to_builtins(config).items():
        for key, value in keys.items() if section != "given" else ():
            text = ",".join(value) if isinstance(value, list | tuple) else str(value)
            yield f"EDGE_CSMS_{section}_{key}".upper(), text
