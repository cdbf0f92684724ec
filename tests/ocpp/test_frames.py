"""Tests of CALL, CALLRESULT and CALLERROR as text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from edge_csms.ocpp import frames
from edge_csms.ocpp.frames import Call, CallError, CallResult, Ignored, Invalid, parse

FRAME_TYPES = Call | CallResult | CallError | Invalid | Ignored
MESSAGE_IDS = st.text() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False)
OBJECTS = st.dictionaries(st.text(max_size=5), st.none() | st.booleans() | st.integers() | st.text(), max_size=4)
FRAGMENTS = st.sampled_from(
    [
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        '"',
        "\\",
        "2",
        "3",
        "4",
        '"id"',
        '"Heartbeat"',
        "null",
        "NaN",
        "1e999",
        "\0",
        "\ud800",
    ]
)


def payload_of(frame):
    return json.loads(bytes(frame.payload))


@given(st.text() | st.binary() | st.lists(FRAGMENTS).map("".join))
def test_parsing_never_raises(text):
    assert isinstance(parse(text), FRAME_TYPES)


@given(MESSAGE_IDS, st.text(), OBJECTS)
def test_call_is_read_back_as_it_was_written(message_id, action, payload):
    frame = parse(frames.encode_call(message_id, action, json.dumps(payload).encode()))
    assert (type(frame), frame.message_id, frame.action, payload_of(frame)) == (Call, message_id, action, payload)
    assert type(frame.message_id) is type(message_id)


@given(MESSAGE_IDS, OBJECTS)
def test_call_result_is_read_back_as_it_was_written(message_id, payload):
    frame = parse(frames.encode_result(message_id, json.dumps(payload).encode()))
    assert (type(frame), frame.message_id, payload_of(frame)) == (CallResult, message_id, payload)


@given(MESSAGE_IDS, st.text(), st.text(max_size=255), OBJECTS)
def test_call_error_is_read_back_as_it_was_written(message_id, code, description, details):
    text = frames.encode_error(message_id, code, description, details)
    assert parse(text) == CallError(message_id, code, description, details)


def test_what_is_written_is_compact():
    assert frames.encode_call("a", "Reset", b'{"type":"Soft"}') == b'[2,"a","Reset",{"type":"Soft"}]'
    assert frames.encode_result(7, b"{}") == b"[3,7,{}]"
    assert frames.encode_error("a", "GenericError") == b'[4,"a","GenericError","",{}]'


def test_long_error_description_is_cut():
    assert len(parse(frames.encode_error("a", "GenericError", "x" * 300)).description) == 255


@pytest.mark.parametrize("message_id", ["", "x" * 100, 'a"b\\c\n', 17, 1.5, 9223372036854775807, 10**25])
def test_message_id_is_echoed_as_it_came(message_id):
    call = parse(json.dumps([2, message_id, "Heartbeat", {}]))
    assert json.loads(frames.encode_result(call.message_id, b"{}"))[1] == message_id


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ('[4,"a"]', CallError("a", "GenericError", "", {})),
        ('[4,"a","NotSupported"]', CallError("a", "NotSupported", "", {})),
        ('[4,"a","NotSupported","no"]', CallError("a", "NotSupported", "no", {})),
        ('[4,"a","NotSupported","no",{"x":1}]', CallError("a", "NotSupported", "no", {"x": 1})),
    ],
)
def test_call_error_may_be_short(text, frame):
    assert parse(text) == frame


@pytest.mark.parametrize("text", ['[2,"a","Heartbeat"]', '[2,"a","Heartbeat",null]', '[2, "a", "Heartbeat", {}]\r\n'])
def test_payload_may_be_absent_or_null(text):
    frame = parse(text)
    assert isinstance(frame, Call)
    assert payload_of(frame) in ({}, None)


@pytest.mark.parametrize(
    "text", ["", b"", " \r\n", "\0", "\ufeff", '[1,"a","Reset",{}]', "[5]", '[99,{"x":[]}]', "[-1]", "[2.5]"]
)
def test_empty_frames_and_unknown_message_types_are_ignored(text):
    assert isinstance(parse(text), Ignored)


@pytest.mark.parametrize(
    "text",
    ["{}", "5", '"x"', "null", "[]", "[null]", '[true,"a","B",{}]', "[2]", '[2,null,"B",{}]', "[3,{}]", "hello", "[2,"],
)
def test_text_without_message_type_or_id_means_nothing(text):
    frame = parse(text)
    assert isinstance(frame, Invalid)
    assert frame.frame is None
    assert frame.reply_to is None


@pytest.mark.parametrize(("text", "reply_to"), [('[2,"a"]', "a"), ("[2,7,null,{}]", 7), ('[2,"a",{"x":1', "a")])
def test_call_without_an_action_can_be_refused(text, reply_to):
    assert parse(text).reply_to == reply_to


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ('[2,"a","B",{"x":,"y":1}]', {"x": None, "y": 1}),
        ('[2,"a","B",{"x":1,}]', {"x": 1}),
        ('[2,"a","B",{"x":"\x10\x0e"}]', {"x": "\x10\x0e"}),
        ('[2,"a","B",{"x":NaN}]', {"x": "NaN"}),
        ('[2,"a","B",{"x":"\\ud800"}]', {"x": "?"}),
        ('[2,"a","B",{"x":"\ud800"}]', {"x": "?"}),
        ('\ufeff[2,"a","B",{"x":1}]\0', {"x": 1}),
        ('[2,"a","B",{"x":1}]]', {"x": 1}),
        ('[2,"a","B",{"x":1},"more"]', {"x": 1}),
        ('["2","a","B",{"x":1}]', {"x": 1}),
        ('[2.0,"a","B",{"x":1}]', {"x": 1}),
    ],
)
def test_call_is_repaired_where_its_meaning_is_sure(text, payload):
    broken = parse(text)
    assert isinstance(broken, Invalid)
    assert not broken.payload_lost
    assert (broken.frame.message_id, broken.frame.action, payload_of(broken.frame)) == ("a", "B", payload)
    assert broken.reason


@pytest.mark.parametrize(
    "rest", ['{"x":01}]', '{"x":"\\q"}]', '{"x', "{'x':1}]", "", "{", "[" * 500 + "]" * 500 + "]x", "truE]"]
)
def test_head_of_a_broken_call_is_read(rest):
    broken = parse('[2,"a","B",' + rest)
    assert broken.payload_lost
    assert (broken.frame.message_id, broken.frame.action, bytes(broken.frame.payload)) == ("a", "B", b"{}")


@pytest.mark.parametrize(
    ("text", "frame_type"), [('[3,"a",{"configurationKey":[]', CallResult), ('[4,"a","GenericError","x', CallError)]
)
def test_truncated_answer_still_says_which_call_it_answers(text, frame_type):
    broken = parse(text)
    assert isinstance(broken.frame, frame_type)
    assert broken.frame.message_id == "a"
    assert broken.payload_lost


def test_call_error_with_odd_elements_is_read():
    assert parse('[4,"a",null,null,null]').frame == CallError("a", "GenericError", "", {})
    assert parse('[4,"a","NotSupported",5,"x",6]').frame == CallError("a", "NotSupported", "", {})
    assert parse('[3,"a",{"x":},1]').frame.payload == Raw(b'{"x":null}')


def test_deep_nesting_inside_a_payload_raises_nothing():
    for depth in (100, 900, 100_000):
        text = '[2,"a","B",' + "[" * depth + "]" * depth + "]"
        frame = parse(text)
        assert (frame.frame if isinstance(frame, Invalid) else frame).action == "B"


def test_thousands_of_digits_raise_nothing():
    digits = "9" * 6000
    assert parse(f'[2,{digits},"B",{{}}]').frame.message_id == digits
    assert bytes(parse(f'[2,"a","B",{{"x":{digits}}}]').payload).endswith(b"9}")
    assert isinstance(parse(f"[{digits}]"), Invalid | Ignored)


def test_last_of_doubled_members_counts():
    assert payload_of(parse('[2,"a","B",{"x":1,"x":2}]')) == {"x": 2}


@pytest.mark.parametrize(
    "text", [r'[2,"a\q","Heartbeat",{"x":', r'[2,"a","Heart\qbeat",{', r'[3,"a\q",{', r'[4,"\u12"']
)
def test_an_escape_that_json_does_not_know_is_kept_as_it_came(text: str) -> None:
    frame = parse(text)
    assert isinstance(frame, Invalid)
    if frame.frame is not None and text.startswith("[2"):
        assert r"\q" in f"{frame.frame.message_id}{frame.frame.action}"
