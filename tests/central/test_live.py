"""What is known of a charge point while the process runs."""

import pytest

from edge_csms.central.live import MAX_EXAMPLE, MAX_KINDS, MAX_WORDS
from tests.house import House


async def test_a_deviation_is_counted_with_its_first_example_and_an_overlong_one_is_cut(house: House) -> None:
    live = (await house.connect()).live
    live.note_finding("code", "x" * 1000, "words" * 1000, "first" * 1000)
    live.note_finding("code", "x" * 1000, "words", "second")
    (finding,) = live.findings.values()
    assert (finding.count, finding.example[:5]) == (2, "first")
    assert (len(finding.field), len(finding.explanation), len(finding.example)) == (MAX_WORDS, MAX_WORDS, MAX_EXAMPLE)


async def test_kinds_of_deviations_are_bounded(house: House) -> None:
    live = (await house.connect()).live
    for number in range(MAX_KINDS + 50):
        live.note_finding("code", f"field {number}", "words", b"\xff")
    assert len(live.findings) == MAX_KINDS
    live.note_finding("code", "field 0", "words", "")
    assert live.findings["code", "field 0"].count == 2


async def test_findings_that_could_not_be_stored_are_counted_in_again(house: House) -> None:
    live = (await house.connect()).live
    live.note_finding("a", "", "words", "first")
    live.note_finding("b", "", "words", "")
    taken = live.take_findings()
    assert live.findings == {}
    live.note_finding("a", "", "words", "second")
    live.put_back(taken)
    assert {code: (one.count, one.example) for (code, _), one in live.findings.items()} == {
        "a": (2, "first"),
        "b": (1, ""),
    }


async def test_the_power_of_a_connector_is_known_while_connected(house: House) -> None:
    line = await house.connect()
    assert line.live.power_w(1) is None
    sampled = [{"value": "7.4", "measurand": "Power.Active.Import", "unit": "kW"}]
    values = {"connectorId": 1, "meterValue": [{"timestamp": "2026-11-24T12:00:00Z", "sampledValue": sampled}]}
    await line.call("MeterValues", values)
    assert line.live.power_w(1) == pytest.approx(7400)
    assert line.live.power_w(2) is None
    house.central.disconnect(line.session)
    assert not line.live.online
    assert line.live.power_w(1) is None
