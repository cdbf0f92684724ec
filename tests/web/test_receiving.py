"""Bodies that are files; what they bring about is in tests/web/test_files.py and tests/web/test_firmware_images.py."""

import asyncio

from edge_csms.domain.roles import Role
from tests.file_jobs import IMAGE, image_id
from tests.running import RunningSite


async def send_raw(site: RunningSite, head: str, body: bytes = b"") -> bytes:
    """Send a request for an image and give all that comes back until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(f"POST /api/v1/firmware-images?name=fw HTTP/1.1\r\nHost: localhost\r\n{head}\r\n".encode() + body)
    async with asyncio.timeout(10):
        answer = await reader.read()
    writer.close()
    return answer


async def test_a_file_of_unknown_length_is_taken(site: RunningSite) -> None:
    head = f"Authorization: Bearer {await site.token(Role.TECHNICIAN)}\r\nTransfer-Encoding: chunked\r\n"
    body = b"5\r\nfirst\r\n6\r\nsecond\r\n0\r\n\r\n"
    answer = await send_raw(site, head + "Connection: close\r\n", body)
    assert answer.startswith(b"HTTP/1.1 201")
    assert b'"size_bytes":11' in answer


async def test_who_is_not_let_in_sees_why_after_the_body(site: RunningSite) -> None:
    answer = await send_raw(site, f"Content-Length: {len(IMAGE)}\r\nConnection: close\r\n", IMAGE)
    assert answer.startswith(b"HTTP/1.1 401")


async def test_who_is_not_let_in_need_not_send_what_is_far_too_long(site: RunningSite) -> None:
    assert (await send_raw(site, "Content-Length: 99999999999\r\n")).startswith(b"HTTP/1.1 401")


async def test_a_sender_that_hangs_up_leaves_nothing(site: RunningSite) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", site.port)
    head = f"Authorization: Bearer {await site.token(Role.TECHNICIAN)}\r\nContent-Length: 1000\r\n"
    writer.write(f"POST /api/v1/firmware-images?name=fw HTTP/1.1\r\nHost: localhost\r\n{head}\r\nhalf".encode())
    files = site.data_dir / "files"
    async with asyncio.timeout(10):
        while not list(files.iterdir()):
            await asyncio.sleep(0.01)
        writer.close()
        while list(files.iterdir()):
            await asyncio.sleep(0.01)


async def test_other_methods_of_the_path_work_as_ever(site: RunningSite) -> None:
    assert (await site.get("/api/v1/firmware-images"))["items"] == []
    assert (await site.ask("PUT", "/api/v1/firmware-images", {})).status == 405
    assert await image_id(site) == 1
