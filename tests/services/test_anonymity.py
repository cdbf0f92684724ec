"""Old transactions become nobody's, with all that names somebody, and a resent message is still known."""

import json
from dataclasses import replace

from edge_csms.services import anonymity, meter_values, transactions
from edge_csms.storage import follower_cursors, meter_history, packing
from edge_csms.storage.database import Database
from tests.services.charging import HOUR, NOON, Charger

LATER = NOON + 10 * HOUR
NAMED = b'{"meterValue":[{"sampledValue":[{"format":"SignedData","value":"OCMF|{\\"ID\\":\\"CAFE01\\"}|{}"}]}]}'
NAMELESS = b'{"meterValue":[{"sampledValue":[{"format":"SignedData","value":"OCMF|{\\"RD\\":[]}|{}"}]}]}'


async def make_anonymous(database: Database) -> int:
    """Do what the job does, all at once, and say how many transactions it was."""
    changes = await database.read(lambda: anonymity.prepare(anonymity.list_named(LATER, None, 100)))
    for one in changes:
        await database.run(anonymity.store_meter_values, one.meter_values)
    await database.run(anonymity.store, changes)
    return len(changes)


async def test_the_signed_values_that_name_somebody_go_and_the_others_stay(
    database: Database, charger: Charger
) -> None:
    started = await charger.start(id_tag="CAFE01")
    for number, payload in enumerate((NAMED, NAMELESS)):
        await charger.meter(started.transaction_id, number)
        (newest,) = await database.read(meter_history.list_after, number, 1)
        await database.run(meter_history.replace_payloads, [(newest.key, packing.pack(payload))])
    await charger.stop(started.transaction_id)
    assert await make_anonymous(database) == 1
    readings = await database.read(meter_values.list_of_transaction, started.transaction_id)
    cleared, untouched = (message.payload for message in readings.messages)
    assert (b"CAFE01" in cleared, untouched) == (False, NAMELESS)
    assert await make_anonymous(database) == 0


async def test_a_resent_start_and_stop_are_known_and_answered_as_before(database: Database, charger: Charger) -> None:
    start = replace(charger.start_call(1, "CAFE01", 0, NOON, None), payload=b'{"idTag":"CAFE01","meterStart":0}')
    started = await database.run(transactions.start, start, NOON, True)
    stop = charger.stop_call(started.transaction_id, 500, NOON + HOUR, "CAFE01")
    stopped = await database.run(transactions.stop, stop, NOON, True)
    await make_anonymous(database)
    again = await database.run(transactions.start, start, NOON, True)
    assert (again.transaction_id, again.verdict, again.is_new) == (started.transaction_id, started.verdict, False)
    once_more = await database.run(transactions.stop, stop, NOON, True)
    assert (once_more.transaction_id, once_more.verdict, once_more.is_new) == (
        started.transaction_id,
        stopped.verdict,
        False,
    )
    evidence = await database.read(transactions.get_evidence, started.transaction_id)
    assert evidence.anonymous
    assert json.loads(evidence.start_payload or b"") == {"idTag": "anonymous", "meterStart": 0}
    shown = await database.read(transactions.get, started.transaction_id)
    assert (shown.id_tag, shown.energy_wh, shown.started_at) == ("anonymous", 500, NOON)


async def test_what_a_follower_has_not_read_keeps_its_name(database: Database, charger: Charger) -> None:
    started = await charger.start()
    await charger.stop(started.transaction_id)
    await database.run(follower_cursors.put, "cloud", charger.key, 0)
    assert await make_anonymous(database) == 0
    await database.run(follower_cursors.put, "cloud", charger.key, 10)
    assert await make_anonymous(database) == 1


def test_packed_payloads_are_cleared_only_where_they_name_somebody() -> None:
    for payload in (NAMELESS, b'{"meterValue":[]}', b'{"idTag":"not looked for here"}'):
        packed = packing.pack(payload)
        assert anonymity.clear_packed(packed) is packed
    assert b"CAFE01" not in packing.unpack(anonymity.clear_packed(packing.pack(NAMED)))
