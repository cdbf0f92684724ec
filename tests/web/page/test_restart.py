"""The admin page while the server is away: a process that is stopped and started again under an open page."""

import os
import subprocess
import time
import urllib.request
from contextlib import suppress

import pytest
from playwright.async_api import expect
from tornado.testing import bind_unused_port

from tests.program import COMMAND
from tests.running import PASSWORD
from tests.web.page.conftest import log_in


class Server:
    """`edge-csms serve`, a process of its own on a port that stays the same."""

    def __init__(self, directory):
        listener, self.port = bind_unused_port()
        listener.close()
        self.url = f"http://127.0.0.1:{self.port}"
        ours = {name: value for name, value in os.environ.items() if not name.startswith("EDGE_CSMS_")}
        self._environment = ours | {"EDGE_CSMS_SERVER_PORT": str(self.port), "EDGE_CSMS_SERVER_HOST": "127.0.0.1"}
        self._directory = directory
        self._process = None

    def add_user(self, name):
        command = [*COMMAND, "user", "add", name, "--role", "admin", "--password-stdin"]
        subprocess.run(
            command, cwd=self._directory, env=self._environment, input=PASSWORD, text=True, check=True, timeout=30
        )

    def start(self):
        command = [*COMMAND, "serve"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen(command, cwd=self._directory, env=self._environment, **quiet)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with suppress(OSError), urllib.request.urlopen(f"{self.url}/healthz", timeout=1):
                return
            time.sleep(0.05)  # between two attempts, not in the hope that one is enough
        pytest.fail("the server does not start")

    def stop(self):
        self._process.terminate()
        assert self._process.wait(20) == 0

    def end(self):
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path)
    server.add_user("anna")
    server.start()
    yield server
    server.end()


async def test_a_restart_is_said_and_survived_with_what_was_typed(server, open_page):
    page = await open_page(server, "#/id-tags", role=None)
    await log_in(page, "anna")
    await page.get_by_role("button", name="Add tag").click()
    await page.get_by_label("Tag", exact=True).fill("CARD-1")
    server.stop()
    await expect(page.get_by_text("Not up to date")).to_be_visible()
    await expect(page.get_by_text("No word from the server since")).to_be_visible()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("can't be reached")
    server.start()
    await expect(page.get_by_text("Live", exact=True)).to_be_visible(timeout=25_000)
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("CARD-1 is saved.")).to_be_visible()


async def test_a_view_that_did_not_come_comes_by_itself_when_the_server_is_back(server, open_page):
    page = await open_page(server, role=None)
    await log_in(page, "anna")
    server.stop()
    await page.get_by_role("link", name="Tags").click()
    await expect(page.get_by_text("could not be fetched")).to_be_visible()
    server.start()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Tags", timeout=25_000)
