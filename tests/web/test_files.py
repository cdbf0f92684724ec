"""The one-time paths of chargers, as chargers and others use them."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from edge_csms.config.settings import Files
from edge_csms.domain.roles import Role
from edge_csms.services import file_store
from edge_csms.simulator.charge_point import ChargePoint
from tests.conftest import StartSite
from tests.file_jobs import IMAGE, dumb, http, image_id, job, listening, location, order
from tests.running import Answer, RunningSite

MEGABYTE = 1 << 20


@pytest.fixture
def site(start_site: StartSite) -> RunningSite:
    """Give a server that takes files of one megabyte, five in all."""
    files = Files(max_upload_megabytes=1, max_total_megabytes=5, max_image_megabytes=1)
    return start_site(new_charge_points="accept", hold_after_boot_seconds=0.0, files=files)


@asynccontextmanager
async def booted(site: RunningSite) -> AsyncIterator[ChargePoint]:
    """Connect a charger that takes every order and does nothing by itself."""
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        dumb(charge_point, "UpdateFirmware", "GetDiagnostics", "GetLog")
        await charge_point.boot()
        yield charge_point


async def upload_url(site: RunningSite) -> tuple[int, str]:
    """Order diagnostics; give the job and where they shall go."""
    async with booted(site) as charge_point:
        made = await order(site, "CP1", "diagnostics")
        return made["job_id"], await location(charge_point, "GetDiagnostics")


async def download_url(site: RunningSite) -> tuple[int, str]:
    """Order an update; give the job and where its firmware is."""
    async with booted(site) as charge_point:
        made = await order(site, "CP1", "firmware-update", image_id=await image_id(site))
        return made["job_id"], await location(charge_point, "UpdateFirmware")


async def file_of(site: RunningSite, job_id: int, query: str = "") -> Answer:
    return await site.ask("GET", f"/api/v1/jobs/{job_id}/file{query}", role=Role.TECHNICIAN)


def stored(site: RunningSite) -> list[Path]:
    return sorted((site.data_dir / "files").iterdir())


async def send_raw(url: str, request: bytes) -> bytes:
    """Send bytes to the server of a URL and give all that comes back until it closes."""
    host, _, port = url.split("/")[2].rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    await writer.drain()
    async with asyncio.timeout(10):
        answer = await reader.read()
    writer.close()
    return answer


async def test_without_the_right_token_there_is_nothing(site: RunningSite) -> None:
    for path in ("/files", "/files/", "/files/x", "/files/wrong/log.txt", "/files//a", "/files/%ff/a"):
        for method in ("GET", "HEAD", "PUT", "POST"):
            answer = await http(site.url + path, method, b"x" * 100_000 if method in ("PUT", "POST") else None)
            assert answer.status == 403, (method, path)
    assert stored(site) == []


async def test_an_upload_is_taken_once(site: RunningSite) -> None:
    job_id, url = await upload_url(site)
    assert (await http(url + "diag.zip", "PUT", b"first")).status == 201
    again = await http(url + "diag.zip", "PUT", b"second" * 50_000)
    assert again.status == 409
    assert (await file_of(site, job_id)).body == b"first"
    assert len(stored(site)) == 1


async def test_an_upload_that_is_too_large_is_refused_and_leaves_nothing(site: RunningSite) -> None:
    job_id, url = await upload_url(site)
    assert (await http(url, "PUT", bytes(MEGABYTE + 1))).status == 413
    assert (await http(url, "PUT", bytes(3 * MEGABYTE))).status == 413
    chunked = b"PUT %b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    body = b"80000\r\n" + bytes(0x80000) + b"\r\n"
    answer = await send_raw(url, chunked % url.encode()[url.index("/files") :] + body * 3 + b"0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413")
    assert (await http(url, "PUT", bytes(MEGABYTE))).status == 201
    assert (await job(site, job_id))["size_bytes"] == MEGABYTE
    assert len(stored(site)) == 1


async def test_far_too_much_is_not_even_read(site: RunningSite) -> None:
    _, url = await upload_url(site)
    path = url[url.index("/files") :]
    request = f"PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n".encode()
    assert (await send_raw(url, request)).startswith(b"HTTP/1.1 413")


async def test_who_asks_before_sending_is_told_at_once(site: RunningSite) -> None:
    head = b"PUT /files/wrong/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n"
    assert (await send_raw(site.url, head)).startswith(b"HTTP/1.1 403")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../../etc/passwd", "passwd"),
        ("..%2f..%2fsecrets", "secrets"),
        ("a/b/c.log", "c.log"),
        ("%22%0d%0aX-Evil:%201", "_X-Evil_ 1"),
        ("", "diag.zip"),
    ],
)
async def test_a_name_is_only_a_name(site: RunningSite, name: str, shown: str) -> None:
    job_id, url = await upload_url(site)
    path = url[url.index("/files") :] + name
    request = f"PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nConnection: close\r\n\r\nlogs".encode()
    assert (await send_raw(url, request)).startswith(b"HTTP/1.1 201")
    (file,) = stored(site)
    assert (len(file.name), file.read_bytes()) == (32, b"logs")
    assert (await job(site, job_id))["file_name"] == shown
    assert (await file_of(site, job_id)).headers["Content-Disposition"] == f'attachment; filename="{shown}"'


async def test_an_empty_upload_is_none(site: RunningSite) -> None:
    job_id, url = await upload_url(site)
    assert (await http(url, "PUT", b"")).status == 400
    assert stored(site) == []
    assert (await http(url, "PUT", b"x")).status == 201
    assert (await job(site, job_id))["state"] == "uploaded"


async def test_a_form_that_can_not_be_read_is_refused(site: RunningSite) -> None:
    _, url = await upload_url(site)
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert (await http(url, "POST", b"--x\r\nhalf a form", headers)).status == 400
    assert (await http(url, "POST", b"", {"Content-Type": "multipart/form-data"})).status == 400
    assert stored(site) == []


async def test_a_broken_upload_leaves_nothing_and_may_be_tried_again(site: RunningSite) -> None:
    job_id, url = await upload_url(site)
    path = url[url.index("/files") :]
    with listening(site) as news:
        _, writer = await asyncio.open_connection("127.0.0.1", site.port)
        writer.write(f"PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\nhalf".encode())
        await news.until(news.jobs, job_id, "uploading")
        writer.close()
        assert (await http(url, "PUT", b"whole")).status == 201
    assert (await file_of(site, job_id)).body == b"whole"
    assert len(stored(site)) == 1


async def test_a_new_upload_takes_the_place_of_one_that_hangs(site: RunningSite) -> None:
    job_id, url = await upload_url(site)
    path = url[url.index("/files") :]
    with listening(site) as news:
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        writer.write(f"PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\nConnection: close\r\n\r\nhalf".encode())
        await news.until(news.jobs, job_id, "uploading")
        assert (await http(url, "PUT", b"whole")).status == 201
        writer.write(b"late")
        assert (await reader.read()).startswith(b"HTTP/1.1 409")
        writer.close()
    assert (await file_of(site, job_id)).body == b"whole"


async def test_a_full_disk_is_507(site: RunningSite, monkeypatch: pytest.MonkeyPatch) -> None:
    _, url = await upload_url(site)
    full = file_store.shutil.disk_usage("/")._replace(free=0)
    monkeypatch.setattr(file_store.shutil, "disk_usage", lambda path: full)
    assert (await http(url, "PUT", b"x" * 1000)).status == 507
    monkeypatch.undo()
    assert (await http(url, "PUT", b"x" * 1000)).status == 201


async def test_the_oldest_uploads_make_room_for_new_ones(site: RunningSite) -> None:
    jobs = []
    for _ in range(6):
        job_id, url = await upload_url(site)
        assert (await http(url, "PUT", bytes(MEGABYTE))).status == 201
        jobs.append(job_id)
    assert [(await job(site, job_id))["has_file"] for job_id in jobs] == [False, True, True, True, True, True]


async def test_a_cancelled_job_has_no_path_any_more(site: RunningSite) -> None:
    job_id, url = await upload_url(site)
    assert (await site.ask("POST", f"/api/v1/jobs/{job_id}/cancel")).json["state"] == "cancelled"
    assert (await http(url, "PUT", b"x")).status == 410


async def test_firmware_is_served_with_what_a_download_needs(site: RunningSite) -> None:
    job_id, url = await download_url(site)
    assert url.endswith("/fw-2.0.1.bin")
    whole = await http(url)
    assert (whole.status, whole.body) == (200, IMAGE)
    assert whole.headers["Content-Length"] == str(len(IMAGE))
    assert (whole.headers["Accept-Ranges"], whole.headers["X-Content-Type-Options"]) == ("bytes", "nosniff")
    head = await http(url, "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert {name: head.headers[name] for name in ("Content-Length", "ETag", "Last-Modified")} == {
        name: whole.headers[name] for name in ("Content-Length", "ETag", "Last-Modified")
    }
    shown = await job(site, job_id)
    assert (shown["state"], shown["moved_bytes"]) == ("downloaded", len(IMAGE))


async def test_a_part_is_served_of_the_same_file_only(site: RunningSite) -> None:
    _, url = await download_url(site)
    etag = (await http(url, "HEAD")).headers["ETag"]
    part = await http(url, headers={"Range": "bytes=1000-1999", "If-Range": etag})
    assert (part.status, part.body) == (206, IMAGE[1000:2000])
    assert part.headers["Content-Range"] == f"bytes 1000-1999/{len(IMAGE)}"
    rest = await http(url, headers={"Range": "bytes=200000-"})
    assert (rest.status, rest.body) == (206, IMAGE[200_000:])
    other = await http(url, headers={"Range": "bytes=1000-", "If-Range": '"another"'})
    assert (other.status, other.body) == (200, IMAGE)
    beyond = await http(url, headers={"Range": f"bytes={len(IMAGE)}-"})
    assert (beyond.status, beyond.headers["Content-Range"]) == (416, f"bytes */{len(IMAGE)}")


async def test_a_reader_that_hangs_up_is_noted_with_what_it_has(site: RunningSite) -> None:
    job_id, url = await download_url(site)
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port, limit=1024)
    with listening(site) as news:
        writer.write(f"GET {url[url.index('/files') :]} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        await reader.readexactly(1000)
        writer.close()
        await news.until(news.jobs, job_id, "downloading")


async def test_the_paths_of_one_kind_do_not_serve_the_other(site: RunningSite) -> None:
    _, down = await download_url(site)
    assert (await http(down, "PUT", b"x")).status == 403
    _, up = await upload_url(site)
    assert (await http(up)).status == 403
    assert (await http(up, "DELETE")).status == 405


async def test_uploads_are_for_technicians(site: RunningSite) -> None:
    job_id, url = await upload_url(site)
    await http(url + "page.html", "PUT", b"<script>alert(1)</script>")
    for role in (None, Role.VIEWER):
        refused = await site.ask("GET", f"/api/v1/jobs/{job_id}/file", role=role)
        assert refused.status == (401 if role is None else 403)
    saved = await file_of(site, job_id)
    assert (saved.headers["Content-Type"], saved.headers["Content-Length"]) == ("application/octet-stream", "25")
    shown = await file_of(site, job_id, "?as_text=true")
    assert (shown.status, shown.body) == (200, b"<script>alert(1)</script>")
    assert (shown.headers["Content-Type"], shown.headers["X-Content-Type-Options"]) == (
        "text/plain; charset=utf-8",
        "nosniff",
    )
    assert (await site.ask("DELETE", f"/api/v1/jobs/{job_id}/file", role=Role.TECHNICIAN)).status == 204
    assert (await file_of(site, job_id)).status == 404
    assert stored(site) == []


async def test_a_file_that_was_lost_is_said_to_be_gone(site: RunningSite) -> None:
    job_id, up = await upload_url(site)
    await http(up, "PUT", b"x")
    _, down = await download_url(site)
    for path in stored(site):
        path.unlink()
    assert (await file_of(site, job_id)).status == 410
    assert (await http(down)).status == 410


async def test_tokens_are_not_shown_with_the_frames(site: RunningSite) -> None:
    _, url = await upload_url(site)
    frames = (await site.ask("GET", "/api/v1/charge-points/CP1/messages")).body.decode()
    assert f"{url.rpartition('/files/')[0]}/files/.../" in frames
    assert url.split("/")[4] not in frames


async def test_tokens_are_in_no_log_and_not_in_the_database(
    site: RunningSite, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for _, url in (await upload_url(site), await download_url(site)):
        token = url.split("/")[4]
        for method in ("GET", "PUT"):
            await http(url, method, b"x" if method == "PUT" else None)
        await site.app.database.run(lambda: None)
        assert token not in caplog.text
        for path in site.data_dir.glob("edge-csms.db*"):
            assert token.encode() not in path.read_bytes()


@pytest.mark.parametrize(
    ("host", "start"),
    [
        ("box.example:9000", "http://box.example:9000/files/"),
        ("box.example:80", "http://box.example/files/"),
        ("[::1]:9000", "http://[::1]:9000/files/"),
        ("box.example", "http://box.example:{port}/files/"),
        ("box~7", "http://127.0.0.1:{port}/files/"),
    ],
)
async def test_the_address_is_the_one_at_which_the_charger_found_us(site: RunningSite, host: str, start: str) -> None:
    charge_point = ChargePoint(site.ocpp_url, "CP1")
    charge_point.behaviour.headers["Host"] = host
    async with charge_point:
        dumb(charge_point, "GetDiagnostics")
        await charge_point.boot()
        await order(site, "CP1", "diagnostics")
        assert (await location(charge_point, "GetDiagnostics")).startswith(start.format(port=site.port))


async def test_what_an_order_can_not_be_is_refused_before_anything_is_sent(site: RunningSite) -> None:
    async with booted(site) as charge_point:
        path = "/api/v1/charge-points/CP1/firmware-update"
        bodies: list[tuple[dict[str, Any], int]] = [
            ({}, 400),
            ({"image_id": 1, "location": "http://a/b"}, 400),
            ({"image_id": 99}, 404),
            ({"location": "file:///etc/passwd"}, 400),
            ({"location": "http://a/ b"}, 400),
            ({"location": "http://a/b", "signed": True}, 400),
            ({"location": "http://a/b", "retries": -1}, 400),
            ({"location": "http://a/b", "signing_certificate": "no PEM"}, 400),
            ({"location": "http://a/b", "retrieve_at": "tomorrow"}, 400),
        ]
        for body, status in bodies:
            assert (await site.ask("POST", path, body)).status == status, body
        assert charge_point.received.of("UpdateFirmware") == []
    assert (await site.ask("POST", path, {"location": "http://a/b"})).status == 409  # offline
    assert (await site.ask("POST", "/api/v1/charge-points/CP9/diagnostics", {})).status == 404
    assert json.loads((await site.ask("GET", "/api/v1/jobs")).body)["items"] == []
