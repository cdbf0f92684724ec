"""Fetching and delivering files as charge points do: HTTP with Range to go on where it broke off, and FTP."""

import asyncio
import ftplib
import io
import posixpath
import ssl
from typing import Literal
from urllib.parse import unquote, urlsplit

from tornado.httpclient import HTTPClientError, HTTPError, HTTPRequest
from tornado.httputil import HTTPHeaders
from tornado.iostream import StreamClosedError
from tornado.simple_httpclient import SimpleAsyncHTTPClient

UploadMethod = Literal["PUT", "POST", "form"]

_CONNECT_TIMEOUT_SECONDS = 10.0
_REQUEST_TIMEOUT_SECONDS = 600.0
_MAX_FILE_BYTES = 512 << 20
_FTP_PORT = 21
_BOUNDARY = "a-boundary-that-no-log-contains"


class TransferFailed(Exception):
    """The file did not come or go."""


class Download:
    """A file on its way. What has come stays, so that a second attempt asks for the rest only."""

    def __init__(self, url: str, tls: ssl.SSLContext | None = None, breaks_after_bytes: int | None = None) -> None:
        self.content = bytearray()
        self.attempts = 0
        self._url = url
        self._tls = tls
        self._breaks_after_bytes = breaks_after_bytes  # the line is cut there, once

    async def run(self) -> bytes:
        """Try once to get the file, or the rest of it. Raises TransferFailed."""
        self.attempts += 1
        if urlsplit(self._url).scheme == "ftp":
            self.content = bytearray(await asyncio.to_thread(_fetch_ftp, self._url))
        else:
            await self._fetch_http()
        return bytes(self.content)

    async def _fetch_http(self) -> None:
        headers = HTTPHeaders()
        if self.content:
            headers["Range"] = f"bytes={len(self.content)}-"
        await _fetch(
            HTTPRequest(
                self._url,
                headers=headers,
                streaming_callback=self._take,
                header_callback=self._see_header,
                ssl_options=self._tls,
                connect_timeout=_CONNECT_TIMEOUT_SECONDS,
                request_timeout=_REQUEST_TIMEOUT_SECONDS,
            )
        )

    def _see_header(self, line: str) -> None:
        if line.startswith("HTTP/") and " 206 " not in line:
            self.content.clear()  # the whole file comes

    def _take(self, chunk: bytes) -> None:
        if self._breaks_after_bytes is not None and len(self.content) + len(chunk) > self._breaks_after_bytes:
            self.content += chunk[: self._breaks_after_bytes - len(self.content)]
            self._breaks_after_bytes = None
            raise StreamClosedError
        self.content += chunk


async def upload(
    url: str, file_name: str, content: bytes, *, method: UploadMethod = "PUT", tls: ssl.SSLContext | None = None
) -> None:
    """Deliver a file; a location that ends with a slash is a folder. Raises TransferFailed."""
    if urlsplit(url).path.endswith("/"):
        url += file_name
    if urlsplit(url).scheme == "ftp":
        await asyncio.to_thread(_store_ftp, url, content)
        return
    headers = {"Content-Type": "application/octet-stream"}
    if method == "form":
        headers["Content-Type"] = f"multipart/form-data; boundary={_BOUNDARY}"
        content = _as_form(file_name, content)
    await _fetch(
        HTTPRequest(
            url,
            method="PUT" if method == "PUT" else "POST",
            headers=HTTPHeaders(headers),
            body=content,
            ssl_options=tls,
            connect_timeout=_CONNECT_TIMEOUT_SECONDS,
            request_timeout=_REQUEST_TIMEOUT_SECONDS,
        )
    )


async def _fetch(request: HTTPRequest) -> None:
    client = SimpleAsyncHTTPClient(force_instance=True, max_body_size=_MAX_FILE_BYTES)
    try:
        await client.fetch(request)
    except (HTTPClientError, HTTPError, OSError, ValueError, StreamClosedError) as error:
        raise TransferFailed(str(error) or type(error).__name__) from None
    finally:
        client.close()


def _as_form(file_name: str, content: bytes) -> bytes:
    head = (
        f"--{_BOUNDARY}\r\n"
        f'Content-Disposition: form-data; name="file"; filename="{file_name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return head.encode() + content + f"\r\n--{_BOUNDARY}--\r\n".encode()


def _fetch_ftp(url: str) -> bytes:
    parts = urlsplit(url)
    received = io.BytesIO()
    try:
        with _ftp(url) as connection:
            connection.retrbinary(f"RETR {unquote(parts.path.lstrip('/'))}", received.write)
    except (ftplib.Error, OSError, EOFError) as error:
        raise TransferFailed(str(error)) from None
    return received.getvalue()


def _store_ftp(url: str, content: bytes) -> None:
    folder, name = posixpath.split(unquote(urlsplit(url).path.lstrip("/")))
    try:
        with _ftp(url) as connection:
            if folder:
                connection.cwd(folder)
            connection.storbinary(f"STOR {name}", io.BytesIO(content))
    except (ftplib.Error, OSError, EOFError) as error:
        raise TransferFailed(str(error)) from None


def _ftp(url: str) -> ftplib.FTP:
    parts = urlsplit(url)
    connection = ftplib.FTP(timeout=_CONNECT_TIMEOUT_SECONDS)
    connection.connect(parts.hostname or "", parts.port or _FTP_PORT)
    connection.login(unquote(parts.username or "anonymous"), unquote(parts.password or ""))
    return connection
