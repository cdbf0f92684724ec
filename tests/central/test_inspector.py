"""The frames that can be looked at: paired, and bounded in number and bytes."""

import pytest

from edge_csms.central import inspector
from edge_csms.central.inspector import MAX_FRAMES, MIN_BYTES, Inspector, Message, as_text


def test_a_call_and_its_answer_are_one_message() -> None:
    recorder = Inspector().recorder("CP1")
    message = recorder.begin("in", "Heartbeat", 7, '[2,7,"Heartbeat",{}]')
    assert (message.answered, message.latency_ms) == (None, None)
    recorder.end(message, b"[3,7,{}]")
    (shown,) = recorder.list_()
    assert (shown.request, shown.answer, shown.fault) == ('[2,7,"Heartbeat",{}]', b"[3,7,{}]", None)
    assert shown.answered is not None
    assert shown.answered >= shown.sent_at
    assert shown.latency_ms == pytest.approx(0, abs=1000)


def test_only_the_latest_frames_are_kept_the_newest_first() -> None:
    recorder = Inspector().recorder("CP1")
    for number in range(MAX_FRAMES + 5):
        recorder.note(f"frame {number}", "no frame")
    kept = [message.request for message in recorder.list_()]
    assert (len(kept), kept[0], kept[-1]) == (MAX_FRAMES, f"frame {MAX_FRAMES + 4}", "frame 5")


def test_requests_and_answers_count_against_the_bound_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspector, "SHARED_BYTES", 10_000)
    one = Inspector()
    one.recorder("CP1")
    recorder = one.recorder("CP1")
    one.bytes_each = 10_000
    for _ in range(20):
        recorder.end(recorder.begin("out", "GetConfiguration", "1", "x" * 100), b"y" * 2000)
    assert len(list(recorder.list_())) == 4
    for _ in range(20):
        recorder.note("x" * 2000, "no frame")
    assert len(list(recorder.list_())) == 4


def test_the_newest_message_is_kept_however_large() -> None:
    one = Inspector()
    recorder = one.recorder("CP1")
    one.bytes_each = MIN_BYTES
    recorder.note("small", "")
    recorder.note("x" * 1_000_000, "")
    assert [len(message.request) for message in recorder.list_()] == [1_000_000]


def test_an_answer_to_a_message_that_is_gone_changes_no_account() -> None:
    one = Inspector()
    recorder = one.recorder("CP1")
    one.bytes_each = MIN_BYTES
    late = recorder.begin("out", "Reset", "1", "x" * MIN_BYTES)
    recorder.note("x", "")
    recorder.end(late, b"y" * MIN_BYTES)
    recorder.note("x", "")
    assert [message.request for message in recorder.list_()] == ["x", "x"]


def test_many_charge_points_share_the_bytes() -> None:
    one = Inspector()
    for number in range(1000):
        one.recorder(f"CP{number}")
    assert one.bytes_each == inspector.SHARED_BYTES // 1000


def test_identities_are_the_same_whatever_their_case() -> None:
    one = Inspector()
    one.recorder("Cp1").note("frame", "")
    assert [message.charge_point_id for message in one.list_("cP1")] == ["Cp1"]
    one.forget("CP1")
    assert one.list_("Cp1") == []


def test_watchers_are_told_of_complete_messages_until_they_end_it() -> None:
    one, seen = Inspector(), list[Message]()
    recorder, end = one.recorder("CP1"), one.watch(seen.append)
    message = recorder.begin("in", "Heartbeat", "1", "...")
    assert seen == []
    recorder.end(message, b"...")
    end()
    recorder.note("later", "")
    assert seen == [message]


def test_a_watcher_may_end_its_own_watching_while_it_is_told() -> None:
    one, seen = Inspector(), list[Message]()
    end = one.watch(lambda message: end())
    one.watch(seen.append)
    one.recorder("CP1").note("frame", "")
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("frame", "text"),
    [
        (f'"http://box:8001/files/{"t" * 32}/fw.bin"', '"http://box:8001/files/.../fw.bin"'),
        (f'"ftp://job7:{"t" * 32}@box/fw.bin"', '"ftp://job7:...@box/fw.bin"'),
        ('"ftp://anna:geheim@elsewhere/fw.bin"', '"ftp://anna:...@elsewhere/fw.bin"'),
        (b'"\xff"', '"\ufffd"'),
        ('"\ud800"', '"?"'),
    ],
)
def test_as_text_a_frame_holds_no_logins_and_no_one_time_paths(frame: str | bytes, text: str) -> None:
    assert as_text(frame) == text
