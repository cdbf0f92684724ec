"""Frames about a transaction are found by what they say, whoever sent them."""

from edge_csms.central.inspector import Inspector
from edge_csms.central.transaction_frames import find


def test_requests_and_answers_that_name_it_are_found() -> None:
    inspector = Inspector()
    recorder = inspector.recorder("CP1")
    for direction, action, request, answer in (
        ("in", "StartTransaction", '[2,"1","StartTransaction",{"idTag":"A"}]', b'[3,"1",{"transactionId":7}]'),
        ("in", "MeterValues", '[2,"2","MeterValues",{"transactionId":7}]', b'[3,"2",{}]'),
        ("in", "MeterValues", '[2,"3","MeterValues",{"transactionId":77}]', b'[3,"3",{}]'),
        ("out", "RemoteStopTransaction", b'[2,"4","RemoteStopTransaction",{"transactionId":7}]', None),
        ("in", "StopTransaction", '[2,"5","StopTransaction",{"transactionId":"7"}]', b'[3,"5",{}]'),
        ("in", "Heartbeat", '[2,"6","Heartbeat",{}]', b'[3,"6",{}]'),
    ):
        recorder.end(recorder.begin(direction, action, "id", request), answer)
    found = [message.action for message in find(inspector.list_("CP1"), "7")]
    assert found == ["StopTransaction", "RemoteStopTransaction", "MeterValues", "StartTransaction"]


def test_frames_that_can_not_be_read_are_no_proof() -> None:
    recorder = Inspector().recorder("CP1")
    for text in ("", "[", "[]", "7", '{"transactionId":7}', "[" * 100_000, '[2,"1","X",{"transactionId":null}]'):
        recorder.note(text, "no frame")
    recorder.note("\ud800[7]", "no frame")
    assert find(recorder.list_(), "7") == []
