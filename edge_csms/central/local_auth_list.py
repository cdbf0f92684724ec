"""Brings the local authorization lists of charge points in step with the site's idTags."""

import logging

from edge_csms.central import configuration
from edge_csms.central.system import CentralSystem
from edge_csms.domain.errors import CallRefused, Declined, NoAnswer, Offline
from edge_csms.services import local_auth_list
from edge_csms.storage.database import Database

log = logging.getLogger(__name__)

REFUSALS = {
    "Failed": "It failed to take the list.",
    "NotSupported": "It can have no list.",
    "VersionMismatch": "It has another version of the list, even after it was asked for its own.",
}


async def send(central: CentralSystem, database: Database, charge_point_id: str, *, full: bool = False) -> None:
    """Bring a list in step: send what is different, or all of it where that is wanted or needed; read the version back.

    Raises Declined where the charge point won't take it, and what commands raise.
    """
    await central.dialect(charge_point_id)  # raises NotFound or Offline
    live = central.live(charge_point_id)
    if live is None:
        raise Offline(f"{charge_point_id} is not connected")
    async with live.list_lock:
        await _learn(central, database, charge_point_id, may_ask=not live.leave_alone)
        if await database.run(local_auth_list.is_unknown, charge_point_id):
            await _try_to_read_version(central, charge_point_id)  # another system may have been here before us
        word, was_full = await _send(central, database, charge_point_id, full)
        if word == "VersionMismatch" or (word == "Failed" and not was_full):
            await read_version(central, charge_point_id)
            word, _ = await _send(central, database, charge_point_id, full=True)
        if word != "Accepted":
            raise Declined(word, f"{charge_point_id} answered {word}. {REFUSALS.get(word, '')}".strip())
        await _try_to_read_version(central, charge_point_id)


async def read_version(central: CentralSystem, charge_point_id: str) -> None:
    """Ask which version of the list is there."""
    dialect = await central.dialect(charge_point_id)
    await central.call(charge_point_id, dialect.local_auth_list.ask_version())


async def _try_to_read_version(central: CentralSystem, charge_point_id: str) -> None:
    try:
        await read_version(central, charge_point_id)
    except (CallRefused, NoAnswer) as refusal:
        log.info("%s does not tell the version of its list: %s", charge_point_id, refusal.detail)


async def _send(central: CentralSystem, database: Database, charge_point_id: str, full: bool) -> tuple[str, bool]:
    """Send the messages of a plan until one is not taken; give the last word, and whether the plan was a full one."""
    dialect = await central.dialect(charge_point_id)
    updates = await database.run(local_auth_list.make_plan, charge_point_id, full, central.now())
    word = "Accepted"
    for update in updates:
        word = str((await central.call(charge_point_id, dialect.local_auth_list.send(update))).status)
        if word != "Accepted":
            break
    return word, any(update.is_full for update in updates)


async def _learn(central: CentralSystem, database: Database, charge_point_id: str, may_ask: bool) -> None:
    """Find out what the charge point takes where it was never asked, and have it use its list where it doesn't."""
    unknown = await database.run(local_auth_list.list_unknown_settings, charge_point_id)
    if unknown and may_ask:
        try:
            await configuration.read(central, database, charge_point_id, unknown)
        except (CallRefused, NoAnswer) as refusal:
            log.info("%s does not say what lists it takes: %s", charge_point_id, refusal.detail)
    if await database.run(local_auth_list.is_switched_off, charge_point_id):
        try:
            await central.write_configuration(charge_point_id, local_auth_list.ENABLED, "true")
        except (CallRefused, NoAnswer) as refusal:
            log.info("%s does not switch its list on: %s", charge_point_id, refusal.detail)
