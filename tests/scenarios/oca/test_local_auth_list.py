"""The local authorization list (section 3.14)."""

import asyncio
from typing import Any

import pytest

from edge_csms.domain.roles import Role
from tests.running import Answer, RunningSite
from tests.scenarios.charger import ACCEPTED, Charger, Payload
from tests.scenarios.oca.reusable import booted

LOCAL_LIST = "/api/v1/charge-points/CP1/local-list"


class LocalList:
    """The list of a charge point, which takes it over or answers with another word."""

    def __init__(self, charger: Charger, word: str = "Accepted") -> None:
        self.version = 0
        self.sent: list[Payload] = []
        self._word = word
        charger.answers["GetConfiguration"] = {}
        charger.answers["GetLocalListVersion"] = lambda _: {"listVersion": self.version}
        charger.answers["SendLocalList"] = self._take

    def _take(self, payload: Payload) -> Payload:
        self.sent.append(payload)
        if self._word == "Accepted":
            self.version = payload["listVersion"]
        return {"status": self._word}


async def send(csms: RunningSite, *, full: bool = False) -> Answer:
    return await csms.ask("POST", LOCAL_LIST, {"full": full}, role=Role.TECHNICIAN)


def entries(payload: Payload) -> dict[str, Any]:
    return {one["idTag"]: one.get("idTagInfo") for one in payload["localAuthorizationList"]}


async def read_version(csms: RunningSite, charger: Charger, version: int) -> dict[str, Any]:
    asked = asyncio.create_task(csms.get(f"{LOCAL_LIST}?refresh=true"))
    await (await charger.next("GetLocalListVersion")).answer({"listVersion": version})
    shown: dict[str, Any] = await asked
    return shown


async def test_tc_042_1_get_local_list_version_not_supported(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        shown = await read_version(csms, charger, -1)
        assert (shown["version_read"], shown["supported"]) == (-1, False)


async def test_tc_042_2_get_local_list_version_empty(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        shown = await read_version(csms, charger, 0)
        assert (shown["version_read"], shown["supported"]) == (0, True)


@pytest.mark.parametrize("word", ["NotSupported"])
async def test_tc_043_1_send_local_authorization_list_not_supported(csms: RunningSite, word: str) -> None:
    async with booted(csms) as charger:
        LocalList(charger, word)
        answer = await send(csms)
        assert (answer.status, answer.json["charge_point_status"]) == (409, "NotSupported")


async def test_tc_043_3_send_local_authorization_list_failed(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        LocalList(charger, "Failed")
        answer = await send(csms, full=True)
        assert (answer.status, answer.json["charge_point_status"]) == (409, "Failed")
        await charger.call("Heartbeat")


async def test_tc_043_4_send_local_authorization_list_full(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        taken = LocalList(charger)
        answer = await send(csms, full=True)
        assert answer.status == 200, answer.body
        (sent,) = taken.sent
        assert (sent["updateType"], sent["listVersion"] > 0) == ("Full", True)
        told = entries(sent)
        assert told["VALID"] == ACCEPTED
        assert told["MEMBER1"] == {"parentIdTag": "GROUP", "status": "Accepted"}
        assert all(info is not None for info in told.values())
        assert (answer.json["in_step"], answer.json["version_read"]) == (True, sent["listVersion"])


async def test_tc_043_5_send_local_authorization_list_differential(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        taken = LocalList(charger)
        assert (await send(csms, full=True)).status == 200
        await csms.ask("POST", "/api/v1/id-tags", {"id_tag": "NEW"})
        await csms.ask("PATCH", "/api/v1/id-tags/OTHER", {"blocked": True})
        answer = await send(csms)
        assert answer.status == 200, answer.body
        full, sent = taken.sent
        assert (sent["updateType"], sent["listVersion"] > full["listVersion"]) == ("Differential", True)
        assert entries(sent) == {"NEW": ACCEPTED, "OTHER": {"status": "Blocked"}}


async def test_a_version_mismatch_is_met_with_the_whole_list(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        taken = LocalList(charger)
        assert (await send(csms, full=True)).status == 200
        await csms.ask("POST", "/api/v1/id-tags", {"id_tag": "NEW"})

        def refuse_differences(payload: Payload) -> Payload:
            taken.sent.append(payload)
            if payload["updateType"] == "Differential":
                return {"status": "VersionMismatch"}
            taken.version = payload["listVersion"]
            return dict(ACCEPTED)

        charger.answers["SendLocalList"] = refuse_differences
        answer = await send(csms)
        assert (answer.status, answer.json["in_step"]) == (200, True)
        assert [one["updateType"] for one in taken.sent] == ["Full", "Differential", "Full"]
