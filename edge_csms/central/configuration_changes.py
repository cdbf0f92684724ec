"""Gives charge points the settings that they shall have: when they are idle, one setting after the other."""

from edge_csms.central import configuration
from edge_csms.central.system import CentralSystem
from edge_csms.domain.configuration import Change, same
from edge_csms.domain.errors import CallRefused, NoAnswer
from edge_csms.services import configuration as settings
from edge_csms.services import configuration_changes
from edge_csms.services.configuration_changes import NOT_KEPT, UNCHANGED
from edge_csms.storage.database import Database


async def carry_out(central: CentralSystem, database: Database, charge_point_id: str) -> bool:
    """Carry out the change that waits for a charge point, as far as it stays idle; says whether anything was done.

    Raises what commands raise: what is not done then goes on another time.
    """
    change = await database.run(configuration_changes.next_step, charge_point_id)
    if change is None:
        return False
    await central.dialect(charge_point_id)  # raises Offline, before anything is noted
    if not change.results:
        await _read(central, database, change)
    change = await database.run(configuration_changes.note_before, change)
    while change.rest and await database.run(configuration_changes.next_step, charge_point_id) is not None:
        change = await _try(central, database, change, change.rest[0])
    await _check(central, database, change)
    return True


async def ask_by_itself(central: CentralSystem, database: Database, charge_point_id: str, names: list[str]) -> bool:
    """Let a charge point get the settings that automatic templates want of it; says whether any is to be changed."""
    live = central.live(charge_point_id)
    if live is None or live.leave_alone:
        return False
    await configuration.read(central, database, charge_point_id, names)
    return await database.run(configuration_changes.ask_by_itself, charge_point_id, central.now()) is not None


async def _try(central: CentralSystem, database: Database, change: Change, name: str) -> Change:
    value = change.wanted[name]
    known = await database.run(settings.find, change.charge_point_id, name)
    may_turn = known is not None and known.reboot_required  # it has another value up its sleeve, for its next start
    if same(change.before.get(name), value) and not may_turn:
        result = UNCHANGED
    else:
        try:
            result = await configuration.write(central, database, change.charge_point_id, name, value)
        except (CallRefused, NoAnswer) as refusal:
            result = refusal.detail
    return await database.run(configuration_changes.note_result, change, name, result, central.now())


async def _check(central: CentralSystem, database: Database, change: Change) -> None:
    """Read back what a charge point said yes to: some say so and keep what they had."""
    taken = [name for name, result in change.results.items() if result == "Accepted"]
    if not taken or change.rest:
        return
    await _read(central, database, change)
    for name in taken:
        entry = await database.run(settings.find, change.charge_point_id, name)
        if entry is not None and not entry.unknown and not same(entry.value, change.wanted[name]):
            await database.run(configuration_changes.note_result, change, name, NOT_KEPT, central.now())


async def _read(central: CentralSystem, database: Database, change: Change) -> None:
    """Read the settings that are changed, unless it is better not to ask this charge point for any."""
    live = central.live(change.charge_point_id)
    if live is None or live.leave_alone:
        return
    try:
        await configuration.read(central, database, change.charge_point_id, list(change.wanted))
    except (CallRefused, NoAnswer):
        return  # what was read before must do
