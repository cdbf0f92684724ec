"""Answers are read strictly."""

import msgspec
import pytest

from edge_csms.ocpp.v16.core import Authorize, Heartbeat
from edge_csms.simulator.errors import BadAnswer
from edge_csms.simulator.wire import decode_answer


def test_a_good_answer_becomes_a_struct() -> None:
    answer = decode_answer(Heartbeat(), msgspec.Raw(b'{"currentTime":"2031-01-01T00:00:00Z"}'))
    assert answer.current_time == "2031-01-01T00:00:00Z"


@pytest.mark.parametrize(
    "payload",
    [
        b"{}",
        b'{"idTagInfo":null}',
        b'{"idTagInfo":{"status":"Fine"}}',
        b'{"idTagInfo":{"status":"Accepted"},"more":1}',
        b'{"idTagInfo":{"status":"Accepted","expiryDate":"tomorrow"}}',
    ],
)
def test_anything_else_is_told(payload: bytes) -> None:
    with pytest.raises(BadAnswer, match="Authorize"):
        decode_answer(Authorize(id_tag="TAG1"), msgspec.Raw(payload))
