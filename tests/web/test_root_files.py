"""The site's roots one by one, for systems that import one certificate at a time."""

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.running import RunningSite


async def test_each_root_can_be_fetched_before_encryption_is_on(site: RunningSite) -> None:
    for kind, key in (("rsa", rsa.RSAPublicKey), ("ecdsa", ec.EllipticCurvePublicKey)):
        answer = await site.ask("GET", f"/api/v1/certificates/root-{kind}.crt", role=None)
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/x-x509-ca-cert")
        certificate = x509.load_der_x509_certificate(answer.body)
        assert isinstance(certificate.public_key(), key)
        assert certificate.issuer == certificate.subject
    assert (await site.ask("GET", "/api/v1/certificates/root-dsa.crt", role=None)).status == 404
