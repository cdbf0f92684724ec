"""Captures of frames: what is written, what bounds them, and what stays."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from edge_csms.central import captures as captures_module
from edge_csms.central.captures import Captures
from edge_csms.central.inspector import Inspector
from edge_csms.domain.errors import Conflict, NoRoom, NotFound

HOUR = timedelta(hours=1)


@pytest.fixture
def inspector() -> Inspector:
    return Inspector()


@pytest.fixture
def captures(inspector: Inspector, tmp_path: Path) -> Iterator[Captures]:
    captures = Captures(inspector, tmp_path, lambda: datetime.now(UTC))
    yield captures
    captures.close()


def say(inspector: Inspector, charge_point_id: str, text: str) -> None:
    recorder = inspector.recorder(charge_point_id)
    recorder.end(recorder.begin("in", "Heartbeat", 1, text), b"[3,1,{}]")


async def lines(captures: Captures, name: str) -> list[dict[str, Any]]:
    file, size = await captures.open(name)
    with file:
        return [json.loads(line) for line in file.read(size).splitlines()]


async def test_frames_of_one_charge_point_are_written_with_their_answers(
    captures: Captures, inspector: Inspector
) -> None:
    say(inspector, "CP1", "before")
    capture = await captures.begin("CP1", HOUR, "anna")
    say(inspector, "cp1", "wanted")
    say(inspector, "CP2", "of another")
    heading, message = await lines(captures, capture.name)
    assert (heading["charge_point_id"], heading["asked_by"]) == ("CP1", "anna")
    assert (message["request"], message["answer"], message["action"]) == ("wanted", "[3,1,{}]", "Heartbeat")


async def test_frames_of_all_are_written_where_nobody_is_named(captures: Captures, inspector: Inspector) -> None:
    capture = await captures.begin(None, HOUR, "anna")
    for charge_point_id in ("CP1", "CP2"):
        say(inspector, charge_point_id, "\ud800 what no file can hold")
    assert [one["charge_point_id"] for one in await lines(captures, capture.name)] == [None, "CP1", "CP2"]


async def test_a_capture_ends_by_itself_and_can_be_ended(captures: Captures, inspector: Inspector) -> None:
    capture = await captures.begin(None, HOUR, "anna")
    assert capture.ends_at == capture.heading.started_at + HOUR
    assert (await captures.end(capture.name)).ends_at is None
    say(inspector, "CP1", "too late")
    assert len(await lines(captures, capture.name)) == 1
    short = await captures.begin(None, timedelta(), "anna")
    while (await captures.get(short.name)).ends_at is not None:
        pass


async def test_a_capture_that_grows_too_large_ends(
    captures: Captures, inspector: Inspector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(captures_module, "MOST_BYTES", 1000)
    capture = await captures.begin("CP1", HOUR, "anna")
    for _ in range(10):
        say(inspector, "CP1", "x" * 300)
    ended = await captures.get(capture.name)
    assert ended.ends_at is None
    assert len(await lines(captures, capture.name)) == 2


async def test_neither_too_many_nor_too_much(captures: Captures, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(captures_module.MOST_RUNNING):
        last = await captures.begin(None, HOUR, "anna")
    with pytest.raises(Conflict):
        await captures.begin(None, HOUR, "anna")
    await captures.end(last.name)
    monkeypatch.setattr(captures_module, "MOST_BYTES_TOGETHER", 100)
    with pytest.raises(NoRoom):
        await captures.begin(None, HOUR, "anna")


async def test_captures_outlive_the_process_and_other_files_are_left_alone(
    captures: Captures, inspector: Inspector, tmp_path: Path
) -> None:
    names = [(await captures.begin(name, HOUR, "anna")).name for name in ("CP1", "../../etc/passwd")]
    captures.close()
    (tmp_path / "notes.txt").write_text("not ours")
    (tmp_path / "empty.jsonl").touch()
    later = Captures(inspector, tmp_path, lambda: datetime.now(UTC))
    found = {one.name: one for one in await later.list_()}
    assert found.keys() == {*names, "empty.jsonl"}
    assert {found[name].heading.charge_point_id for name in names} == {"CP1", "../../etc/passwd"}
    await later.delete(names[0])
    for name in (names[0], "notes.txt", "../secret"):
        with pytest.raises(NotFound):
            await later.open(name)
    later.close()
