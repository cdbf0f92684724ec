"""Certificates on charge points: handed over, asked for, trusted, listed and deleted. All raise what commands raise."""

from collections.abc import Sequence

from edge_csms.central.dialect import InstalledRoot
from edge_csms.central.system import CentralSystem
from edge_csms.domain.errors import NotFound

ACCEPTED = "Accepted"


async def hand_over(central: CentralSystem, charge_point_id: str, chain_pem: str) -> str:
    """Hand over a certificate that the charge point asked for, and return its word."""
    dialect = await central.dialect(charge_point_id)
    return str((await central.call(charge_point_id, dialect.certificates.hand_over(chain_pem))).status)


async def ask_for_request(central: CentralSystem, charge_point_id: str) -> str:
    """Ask a charge point to have a new certificate signed, and return its word."""
    dialect = await central.dialect(charge_point_id)
    return str((await central.call(charge_point_id, dialect.certificates.ask_for_request())).status)


async def install_roots(
    central: CentralSystem, charge_point_id: str, pems: Sequence[str], *, of_manufacturer: bool
) -> str:
    """Ask a charge point to trust roots, and return its word, of several the first that is a no."""
    certificates = (await central.dialect(charge_point_id)).certificates
    answers = [
        str(
            (
                await central.call(charge_point_id, certificates.install_root(pem, of_manufacturer=of_manufacturer))
            ).status
        )
        for pem in pems
    ]
    return next((answer for answer in answers if answer != ACCEPTED), ACCEPTED)


async def list_roots(central: CentralSystem, charge_point_id: str, *, of_manufacturer: bool) -> list[InstalledRoot]:
    """Ask a charge point which roots it trusts."""
    certificates = (await central.dialect(charge_point_id)).certificates
    answer = await central.call(charge_point_id, certificates.list_roots(of_manufacturer=of_manufacturer))
    return certificates.roots_in(answer)


async def delete_root(central: CentralSystem, charge_point_id: str, serial_number: str) -> str:
    """Ask a charge point to trust a root no more, and return its word; raises NotFound where it has none such."""
    certificates = (await central.dialect(charge_point_id)).certificates
    for of_manufacturer in (False, True):
        for root in await list_roots(central, charge_point_id, of_manufacturer=of_manufacturer):
            if root.serial_number.casefold() == serial_number.casefold():
                return str((await central.call(charge_point_id, certificates.delete_root(root))).status)
    raise NotFound(f"{charge_point_id} has no root certificate with the serial number {serial_number}")
