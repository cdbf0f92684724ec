"""The file in a body, however the body is cut into pieces."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_csms.domain.errors import Invalid
from edge_csms.web.multipart import MAX_FIELDS, FileBody

FORM = 'multipart/form-data; boundary="a b"'
FILE = b"line\r\n--a c\r\n\x00--a b\xff--"


def form(content: bytes = FILE, *, end: bytes = b"\r\n--a b--\r\n") -> bytes:
    return (
        b"preamble\r\n--a b\r\n"
        b'Content-Disposition: form-data; name="version"\r\n\r\n'
        b"1.1 \xc3\xa4\r\n--a b  \r\n"
        b'content-disposition: form-data; name="file"; filename="fw.bin"\r\nContent-Type: x/y\r\n\r\n'
        + content
        + b'\r\n--a b\r\nContent-Disposition: form-data; name="more"; filename="other.bin"\r\n\r\nother'
        + end
    )


def read(body: FileBody, pieces: list[bytes]) -> bytes:
    return b"".join(piece for chunk in pieces for piece in body.feed(chunk))


def test_a_body_that_is_no_form_is_the_file() -> None:
    body = FileBody("application/octet-stream")
    assert read(body, [b"a", b"b"]) == b"ab"
    body.finish()
    assert (body.file_name, body.fields) == (None, {})


@given(cuts=st.lists(st.integers(0, len(form())), max_size=12))
@settings(max_examples=200)
def test_the_file_of_a_form_is_found_wherever_it_is_cut(cuts: list[int]) -> None:
    whole = form()
    edges = [0, *sorted(cuts), len(whole)]
    body = FileBody(FORM)
    pieces = [whole[start:stop] for start, stop in itertools.pairwise(edges)]
    assert read(body, pieces) == FILE
    body.finish()
    assert (body.file_name, body.fields) == ("fw.bin", {"version": "1.1 ä"})


def test_byte_by_byte_is_a_way_too() -> None:
    body = FileBody(FORM)
    whole = form(b"content")
    assert read(body, [whole[at : at + 1] for at in range(len(whole))]) == b"content"


def test_a_part_without_headers_is_a_field_without_a_name() -> None:
    body = FileBody("multipart/form-data; boundary=x")
    read(body, [b"--x\r\n\r\nvalue\r\n--x--"])
    assert body.fields == {"": "value"}


@pytest.mark.parametrize(
    "whole",
    [
        b"",
        b"no form at all",
        form(end=b""),
        b'--a b\r\nContent-Disposition: form-data; name="f"\r\n\r\nonly a field\r\n--a b--',
        b'--a b\r\nContent-Disposition: form-data; name="f"; filename="e"\r\n\r\n\r\n--a b--',
        b"--a b" + b"x" * 10_000,
        b"--a b\r\n" + b"X: y\r\n" * 2_000,
        b'--a b\r\nContent-Disposition: form-data; name="f"\r\n\r\n' + b"x" * (MAX_FIELDS + 100),
    ],
)
def test_a_form_that_holds_no_whole_file_is_refused(whole: bytes) -> None:
    body = FileBody(FORM)

    def take() -> None:
        read(body, [whole])
        body.finish()

    with pytest.raises(Invalid):
        take()


def test_an_empty_body_holds_no_file() -> None:
    with pytest.raises(Invalid):
        FileBody("").finish()


def test_a_form_without_a_boundary_is_refused() -> None:
    with pytest.raises(Invalid):
        FileBody("multipart/form-data")
