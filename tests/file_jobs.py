"""What tests of files need: images to upload, orders, and waiting until a job is where it shall be."""

import asyncio
import base64
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509.oid import NameOID
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from edge_csms.domain.events import Event, FileJobChanged, FirmwareRolloutChanged
from edge_csms.domain.roles import Role
from edge_csms.simulator.charge_point import ChargePoint
from tests.running import Answer, RunningSite

IMAGE = bytes(range(256)) * 1024  # 256 KiB
PATIENCE_SECONDS = 15.0


class News:
    """Every state that file jobs and roll-outs came to, in order."""

    def __init__(self) -> None:
        self.jobs: list[tuple[int, str]] = []
        self.rollouts: list[tuple[int, str]] = []
        self._heard = asyncio.Event()

    def note(self, event: Event) -> None:
        match event:
            case FileJobChanged(job_id=job_id, state=state):
                self.jobs.append((job_id, state))
            case FirmwareRolloutChanged(rollout_id=rollout_id, state=state):
                self.rollouts.append((rollout_id, state))
            case _:
                return
        self._heard.set()

    async def until(self, told: list[tuple[int, str]], number: int, state: str) -> None:
        """Wait for a state of a job or roll-out; raises TimeoutError with what was told instead."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while (number, state) not in told:
                    self._heard.clear()
                    await self._heard.wait()
        except TimeoutError:
            raise TimeoutError(f"{number} is not {state}, but {told}") from None

    def states(self, job_id: int) -> list[str]:
        """Give the states that a job went through, each once in a row."""
        states = [state for number, state in self.jobs if number == job_id]
        return [state for before, state in zip([None, *states], states, strict=False) if state != before]


@contextmanager
def listening(site: RunningSite) -> Iterator[News]:
    """Hear what happens to file jobs."""
    news = News()
    unsubscribe = site.app.bus.subscribe(news.note)
    try:
        yield news
    finally:
        unsubscribe()


async def http(
    url: str, method: str = "GET", body: bytes | None = None, headers: dict[str, str] | None = None
) -> Answer:
    """Send a request as a charger does: without any login."""
    client = AsyncHTTPClient(force_instance=True)
    request = HTTPRequest(url, method, headers, body, allow_nonstandard_methods=True, request_timeout=20)
    response = await client.fetch(request, raise_error=False)
    client.close()
    return Answer(response.code, response.headers, response.body)


async def upload_image(site: RunningSite, content: bytes = IMAGE, query: str = "name=fw-2.0.1.bin") -> Answer:
    """Upload a firmware image as a technician."""
    headers = {"Authorization": f"Bearer {await site.token(Role.TECHNICIAN)}"}
    headers["Content-Type"] = "application/octet-stream"
    return await http(f"{site.url}/api/v1/firmware-images?{query}", "POST", content, headers)


async def image_id(site: RunningSite, content: bytes = IMAGE, query: str = "name=fw-2.0.1.bin") -> int:
    """Upload a firmware image and give its id."""
    answer = await upload_image(site, content, query)
    assert answer.status == 201, answer.body
    return int(answer.json["image_id"])


async def order(site: RunningSite, charge_point_id: str, what: str, **body: Any) -> dict[str, Any]:
    """Order a file of or for a charge point and give the job."""
    answer = await site.ask("POST", f"/api/v1/charge-points/{charge_point_id}/{what}", body)
    assert answer.status == 201, (answer.status, answer.body)
    job: dict[str, Any] = json.loads(answer.body)
    return job


async def job(site: RunningSite, job_id: int) -> dict[str, Any]:
    """Show a job."""
    found: dict[str, Any] = await site.get(f"/api/v1/jobs/{job_id}")
    return found


def dumb(charge_point: ChargePoint, *actions: str) -> None:
    """Let a simulated charger accept these orders and do nothing: the test does the rest by hand."""
    answers: dict[str, Any] = {
        "UpdateFirmware": {},
        "GetDiagnostics": {"fileName": "diag.zip"},
        "GetLog": {"status": "Accepted", "filename": "security.log"},
        "SignedUpdateFirmware": {"status": "Accepted"},
    }
    for action in actions:
        charge_point.behaviour.answers[action] = answers[action]


async def location(charge_point: ChargePoint, action: str) -> str:
    """Give the URL that an order named."""
    text = json.dumps((await charge_point.next_call(action)).payload)
    found = re.search(r'"(?:location|remoteLocation)": "([^"]+)"', text)
    assert found is not None, text
    return found[1]


def signed(image: bytes = IMAGE, key: Any = None, scheme: padding.AsymmetricPadding | None = None) -> dict[str, str]:
    """Sign an image as a manufacturer does, by ECDSA or with the key that is given."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    if isinstance(key, rsa.RSAPrivateKey):
        signature = key.sign(image, scheme or padding.PKCS1v15(), hashes.SHA256())
    else:
        signature = key.sign(image, ec.ECDSA(hashes.SHA256()))
    return {"signing_certificate": signing_certificate(key), "signature": base64.b64encode(signature).decode()}


def signing_certificate(key: Any) -> str:
    """Make a manufacturer's signing certificate (PEM)."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Firmware signing")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now)
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    certificate = builder.not_valid_after(now + timedelta(days=1)).sign(key, algorithm)
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
