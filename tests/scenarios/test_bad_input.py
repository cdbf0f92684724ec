"""Whatever a charger sends, the answer says what was wrong with it, and the connection lives; only size can end it."""

import json
import random
from typing import Any

import pytest

from tests.conftest import StartSite
from tests.raw_charger import BINARY, TEXT, RawCharger
from tests.running import RunningSite

START = '{"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2026-11-20T12:00:00Z"}'


@pytest.fixture
def strict_site(start_site: StartSite) -> RunningSite:
    """Give a server that takes nothing but what the standard allows."""
    return start_site(new_charge_points="accept", unknown_id_tags="accept", validation="strict")


async def codes(site: RunningSite) -> set[str]:
    return {finding["code"] for finding in (await site.get("/api/v1/charge-points/CP1"))["findings"]}


# CALLs that get an error, or are understood all the same


@pytest.mark.parametrize(
    ("frame", "code", "words"),
    [
        ('[2,"1","Nonsense",{}]', "NotImplemented", "Nonsense"),
        ('[2,"1","startTransaction",{}]', "NotImplemented", "startTransaction"),
        ('[2,"1","Reset",{"type":"Soft"}]', "NotSupported", "Reset"),
        ('[2,"1","Authorize",{}]', "OccurenceConstraintViolation", "idTag"),
        ('[2,"1","Authorize",{"idTag":null}]', "TypeConstraintViolation", "idTag"),
        ('[2,"1","Authorize",{"idTag":{}}]', "TypeConstraintViolation", "idTag"),
        ('[2,"1","Authorize","A"]', "FormationViolation", ""),
        ('[2,"1","Authorize"]', "OccurenceConstraintViolation", "idTag"),
        ('[2,"1","Authorize",{"idTag":"A', "FormationViolation", "broken JSON"),
        ('[2,"1","StartTransaction",{"connectorId":"first","idTag":"A"}]', "TypeConstraintViolation", "connectorId"),
        ('[2,"1",7,{}]', "FormationViolation", ""),
        ('[2,"1"]', "FormationViolation", ""),
        ('[2,"1",', "FormationViolation", ""),
    ],
)
async def test_what_can_not_be_understood_is_an_error_that_says_why(
    site: RunningSite, frame: str, code: str, words: str
) -> None:
    async with RawCharger(site.port) as charger:
        answer = await charger.ask(frame, "1")
        assert (answer[0], answer[2], len(answer)) == (4, code, 5)
        assert words in answer[3]
        assert answer[4] == {}
        await charger.heartbeat()


@pytest.mark.parametrize(
    ("frame", "finding"),
    [
        ('[2,"1","Heartbeat",null]', None),
        ('[2,"1","Heartbeat"]', None),
        ('[2,"1","Heartbeat",{}', "broken_json"),
        ('[2,"1","Heartbeat",{},]', "broken_json"),
        ('\ufeff[2,"1","Heartbeat",{}]\n\x00', "broken_json"),
        ('[2,"1","Heartbeat",[]]', "not_an_object"),
        ('[2,"1","Heartbeat",{"x":1}]', "unknown_field"),
        ('[2,"1","Heartbeat",{"x":NaN,"y":1e999,"z":' + "9" * 5000 + "}]", "unknown_field"),
        ('[2,"1","Heartbeat",' + '{"x":' * 5000 + "1" + "}" * 5000 + "]", "broken_json"),
        ('[2,"1","StartTransaction",{"connectorId":1,"idTag":"A"}]', "missing_field"),
        ('[2,"1","StartTransaction",{"connectorId":" 1","idTag":"A","meterStart":"0","timestamp":""}]', "wrong_type"),
        ('[2,"1","StopTransaction",{"transactionId":"x","meterStop":null,"reason":7}]', "unreadable"),
        ('[2,"1","MeterValues",{"connectorId":1,"meterValue":{"timestamp":"?"}}]', "wrong_type"),
        ('[2,"1","StatusNotification",{"connectorId":99999999999999999999,"status":"available"}]', "word_case"),
        ('[2,"1","BootNotification",{"chargePointVendor":"' + "x" * 300 + '","chargePointModel":"y"}]', "too_long"),
        (
            '[2,"1","StatusNotification",{"connectorId":1,"status":"Available","timestamp":"222222017-01-01"}]',
            "unreadable_time",
        ),
    ],
)
async def test_what_can_be_understood_is_answered_and_noted(site: RunningSite, frame: str, finding: str | None) -> None:
    async with RawCharger(site.port) as charger:
        assert (await charger.ask(frame, "1"))[0] == 3
        assert (await codes(site)) >= ({finding} if finding else set()), await codes(site)
        await charger.heartbeat()
    for path in ("/api/v1/charge-points", "/api/v1/transactions", "/api/v1/charge-points/CP1/messages"):
        assert (await site.ask("GET", path)).status == 200, path


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ('{"connectorId":1,"idTag":"A","meterStart":0}', "OccurenceConstraintViolation"),
        (START.replace('"meterStart":0', '"meterStart":"0"'), "TypeConstraintViolation"),
        (START.replace('"meterStart":0', '"meterStart":0.5'), "TypeConstraintViolation"),
        (START.replace('"A"', '"' + "A" * 21 + '"'), "PropertyConstraintViolation"),
        (START.replace("2026-11-20T12:00:00Z", "20.11.2026"), "PropertyConstraintViolation"),
        (START.replace("{", '{"vendor":1,'), "FormationViolation"),
        (START.replace("}", ""), "FormationViolation"),
        (START.replace("}", ',"reservationId":null}'), "TypeConstraintViolation"),
    ],
)
async def test_a_strict_site_tells_every_deviation_and_stores_nothing(
    strict_site: RunningSite, payload: str, code: str
) -> None:
    async with RawCharger(strict_site.port) as charger:
        answer = await charger.ask(f'[2,"1","StartTransaction",{payload}]', "1")
        assert (answer[0], answer[2]) == (4, code)
        assert answer[3]
        assert await strict_site.transactions() == []
        await charger.heartbeat()


# Frames that nobody answers


@pytest.mark.parametrize(
    "frame",
    [
        "",
        " ",
        "hello",
        "null",
        "{}",
        '{"action":"Heartbeat"}',
        "[]",
        "[2]",
        '["2","1","Heart"',
        "[2,null,null,null]",
        "[2,[],[],[]]",
        '[5,"1",{}]',
        '[-1,"1"]',
        '[3,"nobody asked",{}]',
        '[4,"nobody asked","GenericError","",{}]',
        "\x00\x01\x02",
        "[" * 5000,
    ],
    ids=lambda frame: repr(frame)[:20],
)
async def test_what_means_nothing_is_shown_to_the_technician_and_the_connection_lives(
    site: RunningSite, frame: str
) -> None:
    async with RawCharger(site.port) as charger:
        charger.send(frame)
        charger.send_frame(BINARY, frame.encode())
        await charger.heartbeat()
        assert await codes(site) & {"invalid_frame", "ignored_frame", "stray_answer"}


async def test_thousands_of_mutated_frames_close_no_connection(site: RunningSite) -> None:
    """Each frame of a session, with bytes changed, left out, doubled and moved; by a fixed seed."""
    chance = random.Random(20261120)
    frames = [
        f'[2,"m","StartTransaction",{START}]',
        '[2,"m","MeterValues",{"connectorId":1,"meterValue":[{"timestamp":"2026-11-20T12:00:00Z","sampledValue":'
        '[{"value":"1.5","phase":"L1","unit":"kWh"}]}]}]',
        '[2,"m","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Available"}]',
        '[2,"m","StopTransaction",{"transactionId":1,"meterStop":5,"timestamp":"2026-11-20T13:00:00Z","idTag":"A"}]',
        '[3,"m",{"status":"Accepted"}]',
    ]
    async with RawCharger(site.port) as charger:
        for _ in range(40):
            for _ in range(50):
                charger.send_frame(TEXT, _mutated(chance, chance.choice(frames)).encode())
            await charger.heartbeat()  # and no worker fell behind
        assert charger.is_open
        messages: list[Any] = (await site.get("/api/v1/charge-points/CP1/messages"))["items"]
        assert not [one for one in messages if one["fault"] and "our own fault" in one["fault"]]
    assert json.dumps(await site.get("/api/v1/transactions?limit=1000"))


def _mutated(chance: random.Random, text: str) -> str:
    for _ in range(chance.randint(1, 4)):
        at, other = sorted((chance.randrange(len(text) + 1), chance.randrange(len(text) + 1)))
        piece = text[at:other]
        match chance.randrange(5):
            case 0:
                text = text[:at] + text[at + 1 :]
            case 1:
                text = text[:at] + chance.choice('[]{}",:\\\x00\ud7ff09-eE.nt') + text[at:]
            case 2:
                text = text[:at] + chance.choice(["null", "1e400", "-0", '"\\ud800"', "9" * 30]) + text[at + 1 :]
            case 3:
                text = text[:at] + piece + piece + text[other:]
            case _:
                text = text[:at] + text[other:] + piece
    return text
