"""Findings over REST, as a list and as text for a mail, and what a charger can't do with them."""

from datetime import UTC, datetime

from edge_csms.domain.model import ChargePoint, Finding, Registration
from edge_csms.domain.roles import Role
from edge_csms.services.findings import MAX_KINDS
from edge_csms.web.findings import report
from tests.raw_charger import RawCharger
from tests.running import RunningSite

PATH = "/api/v1/charge-points/CP1/findings"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


async def test_findings_are_counted_and_have_the_message_as_example(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        for _ in range(3):
            await charger.call("Heartbeat", {"extra": 1})
    (finding,) = (await site.get(PATH))["items"]
    assert (finding["code"], finding["field"], finding["count"]) == ("unknown_field", "Heartbeat.extra", 3)
    assert finding["example"] == '{"extra": 1}'
    assert finding["first_seen"] <= finding["last_seen"]


async def test_they_are_text_for_a_mail(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        await charger.call("Heartbeat", {"extra": 1})
    answer = await site.ask("GET", f"{PATH}.txt", role=Role.VIEWER)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    text = answer.body.decode()
    assert "Make:          Acme" in text
    assert "Heartbeat.extra: unknown_field" in text
    assert '   Example: {"extra": 1}' in text
    assert (await site.ask("GET", f"{PATH}.txt".replace("CP1", "CP2"))).status == 404


async def test_a_charger_that_makes_up_fields_cannot_fill_the_disk(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        for start in range(0, 2 * MAX_KINDS, 20):
            await charger.call("Heartbeat", {f"made-up-{number}": 1 for number in range(start, start + 20)})
            await site.app.central.flush()
    found = {one["code"]: one for one in (await site.get(f"{PATH}?limit=1000"))["items"]}
    items = (await site.get(f"{PATH}?limit=1000"))["items"]
    assert len(items) == MAX_KINDS + 1
    assert found["many_more"]["count"] == MAX_KINDS


async def test_long_words_of_a_charger_are_cut(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        charger.send('[2,"1","' + "Long" * 10_000 + '",{"broken')
        await charger.heartbeat()
    assert max(len(one["field"]) + len(one["example"]) for one in (await site.get(PATH))["items"]) < 3000


def test_control_characters_of_a_charger_break_no_line():
    charge_point = ChargePoint(1, "CP1", Registration.ACCEPTED)
    finding = Finding("unknown_field", "A.b", "is not known", "one\ntwo\x1b[31m", 2, NOW, NOW)
    text = report(charge_point, [finding], NOW)
    assert "one\\x0atwo\\x1b[31m" in text
    assert "Make:          not told" in text


def test_without_findings_the_text_says_so():
    text = report(ChargePoint(1, "CP1", Registration.ACCEPTED, vendor="Acme"), [], NOW)
    assert "It has not deviated from the standard so far." in text


async def test_where_charge_points_are_listed_an_example_is_cut_short(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        await charger.call("Heartbeat", {"extra": "x" * 1000})
    (listed,) = (await site.get("/api/v1/charge-points"))["items"]
    assert len(listed["findings"][0]["example"]) == 201
    shown = await site.get("/api/v1/charge-points/CP1")
    assert len(shown["findings"][0]["example"]) > 1000
