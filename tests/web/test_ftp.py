"""FTP for chargers: each user sees one file or may leave one, once."""

import asyncio
import ftplib
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest

from edge_csms.config.settings import Files
from edge_csms.simulator.charge_point import ChargePoint
from tests.conftest import StartSite
from tests.file_jobs import IMAGE, dumb, image_id, job, location, order
from tests.running import RunningSite

T = TypeVar("T")
MEGABYTE = 1 << 20


@pytest.fixture
def site(start_site: StartSite) -> RunningSite:
    """Give a server that serves FTP and takes files of one megabyte."""
    files = Files(ftp_enabled=True, ftp_port=0, max_upload_megabytes=1)
    return start_site(new_charge_points="accept", hold_after_boot_seconds=0.0, files=files)


@asynccontextmanager
async def booted(site: RunningSite) -> AsyncIterator[ChargePoint]:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        dumb(charge_point, "UpdateFirmware", "GetDiagnostics")
        await charge_point.boot()
        yield charge_point


async def upload_job(site: RunningSite) -> tuple[int, str]:
    async with booted(site) as charge_point:
        made = await order(site, "CP1", "diagnostics", protocol="ftp")
        return made["job_id"], await location(charge_point, "GetDiagnostics")


async def download_job(site: RunningSite) -> tuple[int, str]:
    async with booted(site) as charge_point:
        made = await order(site, "CP1", "firmware-update", image_id=await image_id(site), protocol="ftp")
        return made["job_id"], await location(charge_point, "UpdateFirmware")


async def with_ftp(url: str, act: Callable[[ftplib.FTP], T], **login: str) -> T:
    """Log in as the user of a URL and act, in a thread."""

    def run() -> T:
        parts = urlsplit(url)
        with ftplib.FTP(timeout=10) as connection:
            connection.connect(parts.hostname or "", parts.port or 0)
            connection.login(login.get("user", parts.username or ""), login.get("password", parts.password or ""))
            return act(connection)

    return await asyncio.to_thread(run)


def store(name: str, content: bytes) -> Callable[[ftplib.FTP], str]:
    return lambda connection: connection.storbinary(f"STOR {name}", io.BytesIO(content))


def fetch(name: str, offset: int = 0) -> Callable[[ftplib.FTP], bytes]:
    def act(connection: ftplib.FTP) -> bytes:
        received = io.BytesIO()
        connection.retrbinary(f"RETR {name}", received.write, rest=offset or None)
        return received.getvalue()

    return act


async def refused(url: str, act: Callable[[ftplib.FTP], Any], **login: str) -> str:
    with pytest.raises(ftplib.all_errors) as error:
        await with_ftp(url, act, **login)
    return str(error.value)


async def test_an_upload_is_taken_once_under_a_made_up_name(site: RunningSite) -> None:
    job_id, url = await upload_job(site)
    assert (await with_ftp(url, store("../../etc/diag.zip", b"content"))).startswith("226")
    shown = await job(site, job_id)
    assert (shown["state"], shown["file_name"], shown["size_bytes"]) == ("uploaded", "diag.zip", 7)
    (file,) = (site.data_dir / "files").iterdir()
    assert (len(file.name), file.read_bytes()) == (32, b"content")
    assert (await refused(url, store("diag.zip", b"again"))).startswith("530")


async def test_firmware_is_fetched_and_a_broken_download_goes_on(site: RunningSite) -> None:
    job_id, url = await download_job(site)
    assert await with_ftp(url, fetch("fw-2.0.1.bin", 100_000)) == IMAGE[100_000:]
    assert await with_ftp(url, fetch("fw-2.0.1.bin")) == IMAGE
    shown = await job(site, job_id)
    assert (shown["state"], shown["moved_bytes"]) == ("downloaded", len(IMAGE))


async def test_a_user_sees_its_own_file_and_nothing_else(site: RunningSite) -> None:
    _, url = await download_job(site)

    def look(connection: ftplib.FTP) -> tuple[list[str], int | None, str]:
        connection.cwd("some/folder")
        names = connection.nlst()
        connection.voidcmd("TYPE I")
        return names, connection.size("fw-2.0.1.bin"), connection.pwd()

    assert await with_ftp(url, look) == (["fw-2.0.1.bin"], len(IMAGE), "/")
    assert (await refused(url, store("fw-2.0.1.bin", b"mine"))).startswith("550")
    for command in ("DELE fw-2.0.1.bin", "MKD x", "RNFR fw-2.0.1.bin", "SITE CHMOD 777 fw-2.0.1.bin", "APPE x"):
        assert (await refused(url, lambda connection, command=command: connection.sendcmd(command))).startswith("50")


async def test_who_has_not_the_right_token_stays_outside(site: RunningSite) -> None:
    _, url = await upload_job(site)
    for login in ({"password": "wrong"}, {"user": "job99"}):
        assert (await refused(url, ftplib.FTP.pwd, **login)).startswith("530")


async def test_what_is_too_large_is_refused_and_leaves_nothing(site: RunningSite) -> None:
    job_id, url = await upload_job(site)
    await refused(url, store("diag.zip", bytes(MEGABYTE + 1)))
    assert list((site.data_dir / "files").iterdir()) == []
    assert (await with_ftp(url, store("diag.zip", b"smaller"))).startswith("226")
    assert (await job(site, job_id))["state"] == "uploaded"


async def test_an_empty_upload_is_none(site: RunningSite) -> None:
    job_id, url = await upload_job(site)
    await with_ftp(url, store("diag.zip", b""))
    assert (await job(site, job_id))["has_file"] is False
    assert (await with_ftp(url, store("diag.zip", b"content"))).startswith("226")
    assert (await job(site, job_id))["has_file"] is True
