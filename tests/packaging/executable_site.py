"""A site served by the executable, with the surface of `RunningSite`: what tests show of the source holds for it."""

import asyncio
import os
import subprocess
from pathlib import Path

from tornado.httpclient import AsyncHTTPClient
from tornado.testing import bind_unused_port

from edge_csms.config.settings import Server
from edge_csms.domain.roles import Role
from tests.program import COMMAND
from tests.running import PASSWORD, RunningSite

SECONDS = 30


class ExecutableSite(RunningSite):
    """A running executable and the ways to reach it; what needs a look inside of the process is not there."""

    async def start(self) -> None:
        """Start it on a free port, the same at each start, and wait until it answers."""
        if self.config.server.port == 0:
            listener, port = bind_unused_port()
            listener.close()
            self.config = type(self.config)(
                server=Server(host="127.0.0.1", port=port), storage=self.config.storage, ocpp=self.config.ocpp
            )
        self._tokens: dict[Role, str] = {}
        self._client = AsyncHTTPClient(force_instance=True)
        self._process = subprocess.Popen(
            [*COMMAND, "serve"], env=self._environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        async with asyncio.timeout(SECONDS):
            while not await self._answers():
                assert self._process.poll() is None
                await asyncio.sleep(0.02)  # between two attempts

    async def stop(self) -> None:
        """Stop it in good order."""
        self._client.close()
        self._process.terminate()
        assert await asyncio.get_running_loop().run_in_executor(None, self._process.wait, SECONDS) == 0

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return self.config.server.port

    async def token(self, role: Role = Role.ADMIN) -> str:
        """Give an access token of an account with this role, which is made on the command line if need be."""
        if role not in self._tokens:
            name = f"the-{role}"
            command = [*COMMAND, "user", "add", name, "--role", role.value, "--password-stdin"]
            subprocess.run(command, input=PASSWORD + "\n", text=True, env=self._environment(), check=False)
            said = {"username": name, "password": PASSWORD}
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

    def _environment(self) -> dict[str, str]:
        ocpp = {name: getattr(self.config.ocpp, name) for name in self.config.ocpp.__struct_fields__}
        return {
            "PATH": os.defpath,  # nothing of this project's own environment
            "EDGE_CSMS_STORAGE_DATA_DIR": str(Path(self.config.storage.data_dir)),
            "EDGE_CSMS_SERVER_HOST": "127.0.0.1",
            "EDGE_CSMS_SERVER_PORT": str(self.port),
            **{f"EDGE_CSMS_OCPP_{name.upper()}": str(value) for name, value in ocpp.items()},
        }
