"""Transactions as chargers meet them on the wire: what is sent again, strange, late, or told without a clock."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tornado.ioloop import IOLoop

from edge_csms.storage.charge_points import list_keys
from edge_csms.storage.tables import MeterValue
from tests.raw_charger import RawCharger
from tests.running import RunningSite

HOUR = timedelta(hours=1)
NO_CLOCK = "1970-01-01T00:00:10Z"
ACCEPTED = {"status": "Accepted"}


def ago(hours: float) -> str:
    """Word a time of so many hours ago; the same for the whole of a test."""
    return (TODAY - hours * HOUR).strftime("%Y-%m-%dT%H:%M:%SZ")


TODAY = datetime.now(UTC)


def start(**changed: Any) -> dict[str, Any]:
    return {"connectorId": 1, "idTag": "CAFE", "meterStart": 1000, "timestamp": ago(5), **changed}


def stop(transaction_id: Any, **changed: Any) -> dict[str, Any]:
    return {"transactionId": transaction_id, "meterStop": 5000, "timestamp": ago(3), **changed}


def meter(transaction_id: Any, register: int, hours: float = 4, **changed: Any) -> dict[str, Any]:
    values = [{"timestamp": ago(hours), "sampledValue": [{"value": f"{register}"}]}]
    return {"connectorId": 1, "transactionId": transaction_id, "meterValue": values, **changed}


def available(connector_id: int = 1, hours: float = 2) -> dict[str, Any]:
    return {"connectorId": connector_id, "status": "Available", "errorCode": "NoError", "timestamp": ago(hours)}


async def states(site: RunningSite) -> list[str]:
    return [one["state"] for one in await site.transactions()]


async def findings(site: RunningSite, charge_point_id: str = "CP1") -> set[str]:
    await site.app.central.flush()
    shown = await site.get(f"/api/v1/charge-points/{charge_point_id}")
    return {finding["code"] for finding in shown["findings"]}


# --- sent again ---


async def test_a_start_sent_again_gets_the_same_answer_over_another_connection_and_after_a_restart_of_ours(
    site: RunningSite,
) -> None:
    async with RawCharger(site.port) as charger:
        first = await charger.call("StartTransaction", start())
        assert list(first) == ["idTagInfo", "transactionId"]
        assert await charger.call("StartTransaction", start()) == first
    async with RawCharger(site.port) as charger:
        assert await charger.call("StartTransaction", start()) == first
    await site.stop()
    await site.start()
    async with RawCharger(site.port) as charger:
        assert await charger.call("StartTransaction", start()) == first
    assert await states(site) == ["open"]


@pytest.mark.parametrize(
    "changed",
    [
        {"idTag": "cafe"},
        {"timestamp": ago(5).replace("Z", ".000Z")},
        {"timestamp": ago(5).replace("Z", "+00:00")},
        {"timestamp": ago(5).replace("Z", "")},
        {"vendorField": 1},
    ],
    ids=["idTag in another case", "milliseconds", "offset", "no zone", "a field more"],
)
async def test_the_same_start_worded_otherwise_is_the_same(site: RunningSite, changed: dict[str, Any]) -> None:
    async with RawCharger(site.port) as charger:
        first = await charger.call("StartTransaction", start())
        assert await charger.call("StartTransaction", start(**changed)) == first


async def test_a_message_id_that_comes_again_is_no_key(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        answers = [
            await charger.ask(f'[2,"same","StartTransaction",{{"connectorId":{connector},"idTag":"CAFE",'
                              f'"meterStart":0,"timestamp":"{ago(5)}"}}]', "same")
            for connector in (1, 2, 1)
        ]  # fmt: skip
    assert [answer[2]["transactionId"] for answer in answers] == [1, 2, 1]


async def test_a_stop_and_meter_values_sent_again_are_one(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.call("StartTransaction", start())
        for _ in range(3):
            assert await charger.call("MeterValues", meter(1, 2000)) == {}
        for _ in range(3):
            assert await charger.call("StopTransaction", stop(1)) == {"idTagInfo": ACCEPTED}
    assert await states(site) == ["closed"]
    assert len((await site.get("/api/v1/transactions/1/meter-values"))["items"]) == 1


# --- strange ids ---


@pytest.mark.parametrize("strange", [0, -1, 2**63 - 1, 2**70, None, "", "4711", 4711, 1.5])
async def test_a_stop_under_any_id_is_acknowledged_and_kept(site: RunningSite, strange: Any) -> None:
    async with RawCharger(site.port) as charger:
        assert await charger.call("StopTransaction", stop(strange)) == {}
        assert await charger.call("StopTransaction", stop(strange)) == {}
        assert await charger.call("StopTransaction", stop(strange, idTag="CAFE")) == {"idTagInfo": ACCEPTED}
    assert await states(site) == ["orphan", "orphan"]


@pytest.mark.parametrize("strange", [0, -1, 2**63 - 1, 2**70, None, "", 4711])
async def test_meter_values_under_any_id_go_to_what_is_open_on_their_connector(site: RunningSite, strange: Any) -> None:
    async with RawCharger(site.port) as charger:
        await charger.call("StartTransaction", start())
        assert await charger.call("MeterValues", meter(strange, 3000)) == {}
    (transaction,) = await site.transactions()
    assert transaction["energy_wh"] == 2000


async def test_nobody_stops_or_meters_what_is_anothers(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger, RawCharger(site.port, "CP2") as other:
        await charger.call("StartTransaction", start())
        assert await other.call("MeterValues", meter(1, 999_999)) == {}
        assert await other.call("StopTransaction", stop(1)) == {}
    assert await states(site) == ["open", "orphan"]
    assert (await site.transactions())[0]["energy_wh"] is None
    assert "foreign_transaction" in await findings(site, "CP2")


# --- times that can't be right ---


@pytest.mark.parametrize(
    "timestamp", [NO_CLOCK, "222222017-10-27T19:10:11Z", "yesterday", "", None, "2099-01-01T00:00:00Z"]
)
async def test_a_time_that_cannot_be_right_is_replaced_by_ours_and_shown_as_a_finding(
    site: RunningSite, timestamp: str | None
) -> None:
    before = datetime.now(UTC)
    async with RawCharger(site.port) as charger:
        answer = await charger.call("StartTransaction", start(timestamp=timestamp))
        assert await charger.call("StartTransaction", start(timestamp=timestamp)) == answer
        assert await charger.call("StopTransaction", stop(1, timestamp=timestamp)) == {"idTagInfo": ACCEPTED}
        assert (await charger.call("StartTransaction", start(timestamp=timestamp)))["transactionId"] == 2
    first, _ = await site.transactions()
    for time in ("started_at", "stopped_at"):
        assert before <= datetime.fromisoformat(first[time]) <= datetime.now(UTC)
    assert "implausible_time" in await findings(site)


# --- ends that nobody saw ---


async def test_values_after_an_available_that_was_none_open_the_transaction_again(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.call("StartTransaction", start())
        await charger.call("MeterValues", meter(1, 2000, hours=4))
        await charger.call("MeterValues", meter(1, 3000, hours=3))
        await charger.call("StatusNotification", available(hours=2))
        assert await states(site) == ["inferred"]
        await charger.call("MeterValues", meter(1, 4000, hours=1))
        assert await states(site) == ["open"]
        await charger.call("StopTransaction", stop(1, timestamp=ago(0)))
    assert await states(site) == ["closed"]


async def test_a_stop_that_comes_after_all_closes_late(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.call("StartTransaction", start())
        await charger.call("StatusNotification", available())
        await charger.call("StopTransaction", stop(1))
    assert await states(site) == ["closed_late"]


async def test_the_charge_point_as_a_whole_being_available_ends_nothing(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.call("StartTransaction", start())
        await charger.call("StatusNotification", available(connector_id=0))
        await charger.boot()
    assert await states(site) == ["open"]


# --- any order ---

hours = st.integers(1, 6)
numbers = st.sampled_from([0, 1000, 2000])
ids = st.sampled_from([None, 0, -1, "own"])

messages = st.lists(
    st.one_of(
        st.tuples(st.just("StartTransaction"), st.integers(1, 2), st.sampled_from(["CAFE", "cafe"]), numbers, hours),
        st.tuples(st.just("StopTransaction"), ids, numbers, hours),
        st.tuples(st.just("MeterValues"), ids, numbers, hours),
        st.tuples(st.just("StatusNotification"), st.integers(0, 2), hours),
        st.tuples(st.just("reconnect")),
    ),
    max_size=20,
)

identities = count()


class Day:
    """A day in the life of a charger, and what it was told."""

    def __init__(self, charger: RawCharger) -> None:
        self.charger = charger
        self.started: dict[tuple[Any, ...], int] = {}
        self.metered: set[tuple[Any, ...]] = set()

    async def live(self, message: tuple[Any, ...]) -> None:
        """Send a message and check its answer against those before."""
        match message:
            case ("StartTransaction", connector_id, id_tag, register, at):
                call = start(connectorId=connector_id, idTag=id_tag, meterStart=register, timestamp=ago(at))
                told = (await self.charger.call("StartTransaction", call))["transactionId"]
                assert self.started.setdefault((connector_id, id_tag.lower(), register, at), told) == told
            case ("StopTransaction", of, register, at):
                wire_id = self._wire_id(of)
                answer = await self.charger.call(
                    "StopTransaction", stop(wire_id, meterStop=register, timestamp=ago(at))
                )
                assert answer == {"idTagInfo": ACCEPTED} or (answer == {} and of != "own")
            case ("MeterValues", of, register, at):
                wire_id = self._wire_id(of)
                assert await self.charger.call("MeterValues", meter(wire_id, register, at)) == {}
                self.metered.add((wire_id, register, at))
            case ("StatusNotification", connector_id, at):
                assert await self.charger.call("StatusNotification", available(connector_id, at)) == {}
            case ("reconnect",):
                self.charger.hang_up()
                await self.charger.connect()

    def _wire_id(self, of: Any) -> Any:
        return max(self.started.values(), default=-1) if of == "own" else of


async def live_a_day(site: RunningSite, sent: list[tuple[Any, ...]]) -> None:
    identity = f"CP{next(identities)}"
    async with RawCharger(site.port, identity) as charger:
        day = Day(charger)
        for message in sent:
            if message[1:2] != ("own",) or day.started:
                await day.live(message)
        for message in sent:  # without an answer it would send all of it again
            if message[1:2] != ("own",):
                await day.live(message)
    stored = await site.transactions(charge_point_id=identity)
    orphans = [one for one in stored if one["state"] == "orphan"]
    assert len({one["transaction_id"] for one in stored}) == len(stored) == len(day.started) + len(orphans)
    assert set(day.started.values()) == {one["transaction_id"] for one in stored if one not in orphans}
    strange = {message for message in sent if message[0] == "StopTransaction" and message[1] != "own"}
    assert len(orphans) <= len(strange)
    assert await site.app.database.read(count_meter_values, identity) == len(day.metered)


def count_meter_values(charge_point_id: str) -> int:
    return int(MeterValue.select().where(MeterValue.charge_point_key.in_(list_keys(charge_point_id))).count())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(messages)
def test_whatever_a_charger_sends_nothing_is_lost_and_nothing_doubled(
    io_loop: IOLoop, site: RunningSite, sent: list[tuple[Any, ...]]
) -> None:
    run: Callable[[], Awaitable[None]] = lambda: live_a_day(site, sent)
    io_loop.run_sync(run)
