"""Events: plain values that could cross a process border."""

import dataclasses
import inspect
import typing
from datetime import UTC, datetime
from typing import Any

import msgspec

from edge_csms.domain import events

SAMPLES: dict[Any, Any] = {str: "CP1", int: 7, float: 1.5, bool: True, datetime: datetime(2026, 11, 24, 12, tzinfo=UTC)}

CLASSES = [one for _, one in inspect.getmembers(events, inspect.isclass) if one.__module__ == events.__name__]


def sample(annotation: Any) -> Any:
    """Give a value of a type, or of the first type of a union."""
    return SAMPLES[next(iter(typing.get_args(annotation)), annotation)]


def test_every_event_is_in_the_union() -> None:
    assert set(typing.get_args(events.Event)) == set(CLASSES)


def test_nobody_can_change_an_event_under_the_others_who_heard_it() -> None:
    assert [one for one in CLASSES if not one.__dataclass_params__.frozen] == []


def test_every_event_survives_the_way_to_another_process() -> None:
    for one in CLASSES:
        hints = typing.get_type_hints(one)
        event = one(**{field.name: sample(hints[field.name]) for field in dataclasses.fields(one)})
        assert msgspec.json.decode(msgspec.json.encode(event), type=one) == event
