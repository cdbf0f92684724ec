"""What a charge point sends to open its WebSocket: address, headers, credentials."""

import base64
import ssl
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import msgspec
from tornado.httpclient import HTTPRequest

if TYPE_CHECKING:
    from edge_csms.simulator.charge_point import ChargePoint

_CONNECT_TIMEOUT_SECONDS = 10.0
FIRST_TLS_PROFILE = 2
CLIENT_CERTIFICATE_PROFILE = 3


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
            connect_timeout=_CONNECT_TIMEOUT_SECONDS,
            request_timeout=_CONNECT_TIMEOUT_SECONDS,
            ssl_options=self.tls,
            validate_cert=True,
        )


def of(charge_point: "ChargePoint") -> Handshake:
    """Make the handshake that a charge point's settings and behaviour come to."""
    profile = charge_point.configuration.number("SecurityProfile")
    secure_url = charge_point.secure_url if profile >= FIRST_TLS_PROFILE else None
    url = address(secure_url or charge_point.url, charge_point.charge_point_id)
    if charge_point.behaviour.path is not None:
        url = with_path(url, charge_point.behaviour.path)
    headers: dict[str, str | None] = {}
    if charge_point.password is not None and profile < CLIENT_CERTIFICATE_PROFILE:
        headers["Authorization"] = basic(charge_point.charge_point_id, charge_point.password)
    headers.update(charge_point.behaviour.headers)
    return Handshake(url=url, headers=headers, subprotocols=charge_point.behaviour.subprotocols, tls=charge_point.tls)


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


def security_profile(url: str, password: bytes | None) -> int:
    """Return the security profile that an address and a password come to."""
    if urlsplit(url).scheme != "wss":
        return 0 if password is None else 1
    return CLIENT_CERTIFICATE_PROFILE if password is None else FIRST_TLS_PROFILE


def basic(user: str, password: bytes) -> str:
    """Return the Authorization header of HTTP Basic. The password is bytes: keys are no text."""
    return "Basic " + base64.b64encode(user.encode() + b":" + password).decode("ascii")
