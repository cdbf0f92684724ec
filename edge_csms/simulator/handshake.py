"""What a charge point sends to open its WebSocket: address, headers, credentials."""

import base64
import ssl
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

import msgspec
from tornado.httpclient import HTTPRequest

CONNECT_TIMEOUT_SECONDS = 10.0


class Handshake(msgspec.Struct, frozen=True, kw_only=True):
    """All that makes the request for the upgrade."""

    url: str
    headers: Mapping[str, str | None]
    subprotocols: tuple[str, ...] = ()
    tls: ssl.SSLContext | None = None

    def request(self) -> HTTPRequest:
        """Return Tornado's request. Its headers may still be changed by whoever upgrades it."""
        return HTTPRequest(
            self.url,
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            request_timeout=CONNECT_TIMEOUT_SECONDS,
            ssl_options=self.tls,
            validate_cert=True,
        )


def address(url: str, charge_point_id: str) -> str:
    """Put the identity into a URL: where `{id}` stands, or at the end of its path."""
    identity = quote(charge_point_id, safe="")
    if "{id}" in url:
        return url.replace("{id}", identity)
    parts = urlsplit(url)
    return parts._replace(path=f"{parts.path.rstrip('/')}/{identity}").geturl()


def with_path(url: str, path: str) -> str:
    """Replace all that stands behind the host, to the letter."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{path}"


def basic(user: str, password: bytes) -> str:
    """Return the Authorization header of HTTP Basic. The password is bytes: keys are no text."""
    return "Basic " + base64.b64encode(user.encode() + b":" + password).decode("ascii")
