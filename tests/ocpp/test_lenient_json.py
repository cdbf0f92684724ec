"""Tests of reading JSON that is not quite JSON."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_csms.ocpp import lenient_json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_sound_json_is_read_as_it_stands(value):
    assert lenient_json.load(json.dumps(value)) == value
    assert lenient_json.load(lenient_json.dump(value)) == value


@given(st.text() | st.binary())
def test_anything_else_is_a_value_error(text):
    try:
        value = lenient_json.load(text)
    except ValueError:
        return
    json.loads(lenient_json.dump(value))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('\ufeff{"a":1}\0\0', {"a": 1}),
        (b'\xef\xbb\xbf{"a":1}\r\n', {"a": 1}),
        ('{"a":1}garbage', {"a": 1}),
        ('{"a":1}{"a":2}', {"a": 1}),
        ('{"a":"x\x01\n\ty"}', {"a": "x\x01\n\ty"}),
        ('{"a":,"b":2}', {"a": None, "b": 2}),
        ('{"a": , "b": }', {"a": None, "b": None}),
        ('{"a":[1,2,],}', {"a": [1, 2]}),
        ('{"a":,"b":":,","c":",}"}', {"a": None, "b": ":,", "c": ",}"}),
        ('{"a":,"b":"\\":,"}', {"a": None, "b": '":,'}),
        ('{"a":1,"a":2}', {"a": 2}),
        ('{"a":NaN,"b":[Infinity,-Infinity]}', {"a": "NaN", "b": ["Infinity", "-Infinity"]}),
        ('{"a":1e400}', {"a": "1e400"}),
        (f'{{"a":{"9" * 5000}}}', {"a": "9" * 5000}),
        ('{"a":9223372036854775808}', {"a": 2**63}),
        ('"\\ud83d\\ude00"', "😀"),
        ('"\\ud83d!"', "?!"),
        ('{"\\udc00":1}', {"?": 1}),
        (b'"\xff"', "\ufffd"),
    ],
)
def test_repair_that_keeps_the_meaning(text, value):
    assert lenient_json.load(text) == value


@pytest.mark.parametrize("text", ["", "\0", '{"a":', '{"a" 1}', '["a"', "{'a':1}", '{"a":01}', '{"a":"\\q"}', "nul"])
def test_what_would_need_guessing_is_refused(text):
    with pytest.raises(ValueError):
        lenient_json.load(text)


def test_nesting_is_limited():
    deepest = "[" * lenient_json.MAX_DEPTH + "]" * lenient_json.MAX_DEPTH
    assert lenient_json.load(deepest)
    assert lenient_json.load('{"a":"' + "[" * 100 + '"}')
    assert lenient_json.load(json.dumps([{}] * 100))
    for deeper in (f"[{deepest}]", "[" * 200_000, '{"a":' * 200_000):
        with pytest.raises(ValueError, match="nested deeper than 32 levels"):
            lenient_json.load(deeper)


@pytest.mark.parametrize(
    "unit", ['\\"', '"\\"', "[", "{", ":", ": ", ", ", ',"', '"a":1,', '"\\ud800",', "\\"], ids=lambda unit: repr(unit)
)
def test_time_to_read_grows_no_faster_than_the_text(unit):
    text = '[2,"a","B",{"x":' + unit * (500_000 // len(unit))
    start = time.perf_counter()
    with pytest.raises(ValueError):
        lenient_json.load(text)
    assert time.perf_counter() - start < 2
