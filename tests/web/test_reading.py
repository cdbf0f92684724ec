"""Bodies and query strings become structs, or a list of all that is wrong with them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec
import pytest

from edge_csms.domain.errors import Invalid
from edge_csms.web.paging import Time
from edge_csms.web.reading import read_body, read_query


class Colour(StrEnum):
    RED = "red"


class Inner(msgspec.Struct):
    depth: int


class Thing(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(max_length=5)]
    colour: Colour = Colour.RED
    inner: list[Inner] = []
    from_: int | None = msgspec.field(default=None, name="from")

    def __post_init__(self) -> None:
        if self.name == "never":
            raise ValueError("a thing is never called never")


class Loose(msgspec.Struct, kw_only=True):
    name: str = ""


class Outer(msgspec.Struct, kw_only=True):
    at: Time | None = None
    inner: "Outer | None" = None


class Query(msgspec.Struct, kw_only=True):
    open: bool | None = None
    size: int | None = None
    name: str | None = None
    at: datetime | None = None


def faults_of_body(body: bytes) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as caught:
        read_body(Thing, body)
    return caught.value.fields


def test_a_good_body_becomes_its_struct() -> None:
    thing = read_body(Thing, b'{"name": "x", "inner": [{"depth": 3}], "from": 7}')
    assert thing == Thing(name="x", inner=[Inner(3)], from_=7)


def test_all_faults_are_found_at_once_and_where_they_lie_inside() -> None:
    faults = faults_of_body(
        b'{"name": "too long", "colour": "blue", "inner": [{"depth": "x"}], "size": 1, "from": null}'
    )
    assert list(faults) == ["name", "colour", "inner", "size"]
    assert "$[0].depth" in faults["inner"][0]


@pytest.mark.parametrize("number", ["9223372036854775808", "-9223372036854775809", "1" + "0" * 400])
def test_a_number_that_no_column_can_keep_is_a_fault(number: str) -> None:
    with pytest.raises(Invalid):
        read_body(Thing, f'{{"name": "x", "from": {number}}}'.encode())
    with pytest.raises(Invalid):
        read_body(Thing, f'{{"name": "x", "inner": [{{"depth": {number}}}]}}'.encode())
    with pytest.raises(Invalid):
        read_query(Query, {"size": [number.encode()]})


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+00:01"])
def test_a_time_that_is_none_in_utc_is_a_fault_wherever_it_stands(time: str) -> None:
    for body in (f'{{"at": "{time}"}}', f'{{"inner": {{"at": "{time}"}}}}'):
        with pytest.raises(Invalid, match="out of range"):
            read_body(Outer, body.encode())
    assert read_body(Outer, b'{"at": "9999-12-31T23:59:59Z"}').at is not None


def test_a_rule_over_several_fields_is_named_as_the_seed_names_it() -> None:
    assert list(faults_of_body(b'{"name": "never"}')) == ["non_field_errors"]


def test_no_object_is_a_fault() -> None:
    for body in (b"[]", b'"x"', b"1", b"true", b"null"):
        assert list(faults_of_body(body)) == ["non_field_errors"]


def test_an_empty_body_counts_as_an_empty_object() -> None:
    assert list(faults_of_body(b" ")) == ["name"]
    assert read_body(Loose, b"") == Loose()


def test_unknown_members_are_faults_only_where_the_struct_says_so() -> None:
    assert read_body(Loose, b'{"name": "x", "more": 1}') == Loose(name="x")
    assert list(faults_of_body(b'{"name": "x", "more": 1}')) == ["more"]


def test_a_query_is_text_that_becomes_what_is_meant() -> None:
    query = read_query(Query, {"open": [b"false", b"true"], "size": [b"7"], "name": [b"null"]})
    assert query == Query(open=True, size=7, name="null")


@pytest.mark.parametrize(
    ("name", "value"), [("open", b"null"), ("open", b"yes"), ("size", b"7.5"), ("at", b"today"), ("size", b"\xff")]
)
def test_a_query_that_means_nothing_is_a_fault(name: str, value: bytes) -> None:
    with pytest.raises(Invalid):
        read_query(Query, {name: [value]})
