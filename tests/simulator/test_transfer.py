"""Files come and go."""

import pytest

from edge_csms.simulator.transfer import Download, TransferFailed, UploadMethod, upload
from tests.simulator.files import IMAGE, FileServer


async def test_a_file_is_fetched(files: FileServer) -> None:
    assert await Download(f"{files.url}/image").run() == IMAGE


async def test_a_second_attempt_asks_for_the_rest(files: FileServer) -> None:
    download = Download(f"{files.url}/image", breaks_after_bytes=5)
    with pytest.raises(TransferFailed):
        await download.run()
    assert await download.run() == IMAGE
    assert files.ranges == [None, "bytes=5-"]


async def test_where_there_is_no_range_the_file_comes_whole(files: FileServer) -> None:
    files.supports_range = False
    download = Download(f"{files.url}/image", breaks_after_bytes=5)
    with pytest.raises(TransferFailed):
        await download.run()
    assert await download.run() == IMAGE


@pytest.mark.parametrize(("method", "verb"), [("PUT", "PUT"), ("POST", "POST"), ("form", "POST")])
async def test_a_file_is_delivered(files: FileServer, method: UploadMethod, verb: str) -> None:
    await upload(f"{files.url}/drop", "x.log", b"\x00content", method=method)
    await upload(f"{files.url}/folder/", "x.log", b"", method=method)
    assert files.uploads == [(verb, "drop", b"\x00content"), (verb, "folder/x.log", b"")]


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "ftp://127.0.0.1:1/x", "gopher://box/x", "nonsense"])
async def test_what_can_not_be_reached_fails(url: str) -> None:
    with pytest.raises(TransferFailed):
        await Download(url).run()
    with pytest.raises(TransferFailed):
        await upload(url, "x.log", b"content")
