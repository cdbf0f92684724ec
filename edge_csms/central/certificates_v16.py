"""Wishes about certificates in the words of the security extension ("Improved security for OCPP 1.6-J", M03 to M05)."""

from typing import Any

from edge_csms.central.dialect import InstalledRoot
from edge_csms.ocpp.operation import Request
from edge_csms.ocpp.v16 import security
from edge_csms.ocpp.v16.security import CertificateHashData, CertificateUse


class CertificateWords:
    """Words what can be asked about certificates."""

    def hand_over(self, chain_pem: str) -> Request[Any]:
        """Hand over a certificate that the charge point asked for (A02)."""
        return security.CertificateSigned(certificate_chain=chain_pem)

    def ask_for_request(self) -> Request[Any]:
        """Ask the charge point to have a new certificate signed (A02)."""
        return security.ExtendedTriggerMessage(requested_message="SignChargePointCertificate")

    def install_root(self, certificate_pem: str, *, of_manufacturer: bool) -> Request[Any]:
        """Ask the charge point to trust a root certificate (M05)."""
        return security.InstallCertificate(certificate_type=_use(of_manufacturer), certificate=certificate_pem)

    def list_roots(self, *, of_manufacturer: bool) -> Request[Any]:
        """Ask which root certificates the charge point trusts (M03)."""
        return security.GetInstalledCertificateIds(certificate_type=_use(of_manufacturer))

    def roots_in(self, answer: security.GetInstalledCertificateIdsResponse) -> list[InstalledRoot]:
        """Read the answer to `list_roots`; one that can't be told apart from others is left out."""
        return [
            InstalledRoot(one.hash_algorithm, one.issuer_name_hash, one.issuer_key_hash, one.serial_number)
            for one in answer.certificate_hash_data or ()
            if one.hash_algorithm and one.issuer_name_hash and one.issuer_key_hash and one.serial_number
        ]

    def delete_root(self, root: InstalledRoot) -> Request[Any]:
        """Ask the charge point to trust a root certificate no more (M04)."""
        return security.DeleteCertificate(
            certificate_hash_data=CertificateHashData(
                hash_algorithm=root.hash_algorithm,  # type: ignore[arg-type]  # as the charge point told it
                issuer_name_hash=root.issuer_name_hash,
                issuer_key_hash=root.issuer_key_hash,
                serial_number=root.serial_number,
            )
        )


def _use(of_manufacturer: bool) -> CertificateUse:
    return "ManufacturerRootCertificate" if of_manufacturer else "CentralSystemRootCertificate"
