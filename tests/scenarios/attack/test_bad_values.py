"""Values that no field was made for, in every field of everything that a charger may say (R-23)."""

import pytest

from tests.raw_charger import RawCharger
from tests.running import RunningSite
from tests.scenarios.attack.frames import CALLS, compact, leaves, replaced
from tests.scenarios.attack.pages import every_page_renders

POISONS = {
    "an integer of 5,000 digits": "9" * 5000,
    "NaN": "NaN",
    "infinity": "-Infinity",
    "a number beyond floats": "1e400",
    "2^63": str(2**63),
    "-2^63 - 1": str(-(2**63) - 1),
    "a lone surrogate": '"\\ud800x"',
    "NUL": '"a\\u0000b"',
    "control characters": '"\x01\x1b[31m\x7f"',
    "a year of nine digits": '"222222017-01-01T00:00:00Z"',
    "the last moment of all": '"9999-12-31T23:59:59-23:59"',
    "null": "null",
    "true": "true",
    "an empty text": '""',
    "an object": '{"a":{"b":[1]}}',
    "a list": "[[],{}]",
    "a long text": '"' + "x" * 100_000 + '"',
    "a nested list": "[" * 500 + "]" * 500,
}


@pytest.mark.parametrize("action", CALLS)
async def test_every_field_survives_every_value(
    site: RunningSite, action: str, caplog: pytest.LogCaptureFixture
) -> None:
    payload, sent = CALLS[action], 0
    async with RawCharger(site.port) as charger:
        for path in leaves(payload):
            for poison in POISONS.values():
                sent += 1
                answer = await charger.ask(f'[2,"{sent}","{action}",{replaced(payload, path, poison)}]', str(sent))
                assert answer[0] in (3, 4), (path, poison[:50], answer)
                assert answer[0] == 3 or answer[2] != "InternalError", (path, poison[:50], answer)
        await charger.heartbeat()
    await every_page_renders(site)
    assert [record for record in caplog.records if record.exc_info] == []


@pytest.mark.parametrize("action", CALLS)
async def test_depth_and_doubled_members_do_no_harm(
    site: RunningSite, action: str, caplog: pytest.LogCaptureFixture
) -> None:
    text = compact(CALLS[action])
    members = text[1:-1]
    depth = 100_000
    async with RawCharger(site.port) as charger:
        for number, spoilt in enumerate(
            (
                "{" + ",".join(filter(None, [members, members])) + "}",
                '{"x":' + "[" * depth + "]" * depth + ("," + members if members else "") + "}",
                '{"x":' * depth + "1" + "}" * depth,
                "[" * depth,
            )
        ):
            answer = await charger.ask(f'[2,"{number}","{action}",{spoilt}]', str(number))
            assert answer[0] in (3, 4)
            assert answer[0] == 3 or answer[2] != "InternalError", answer
        await charger.heartbeat()
    await every_page_renders(site)
    assert [record for record in caplog.records if record.exc_info] == []
