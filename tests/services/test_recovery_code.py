"""The recovery code, and what it seals."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_csms.domain.errors import Invalid
from edge_csms.services import recovery_code

CODE = "0123-4567-89AB-CDEF-GHJK-MNPQ"


def test_a_site_has_one_code_that_stays_and_that_no_other_site_has(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    code = recovery_code.of_site(here)
    assert [len(group) for group in code.split("-")] == [4] * 6
    assert recovery_code.of_site(here) == code
    assert recovery_code.of_site(there) != code


@given(st.dictionaries(st.text(), st.text(), max_size=3))
def test_what_is_sealed_is_opened_again(texts: dict[str, str]) -> None:
    assert recovery_code.unseal(recovery_code.seal(texts, CODE), CODE) == texts


@pytest.mark.parametrize(
    "typed", [CODE.lower(), CODE.replace("-", " "), CODE.replace("-", ""), CODE.replace("0", "O").replace("1", "l")]
)
def test_a_code_may_be_typed_as_people_type(typed: str) -> None:
    assert recovery_code.unseal(recovery_code.seal({"a": "b"}, CODE), typed) == {"a": "b"}


def test_nothing_of_what_is_sealed_can_be_read(tmp_path: Path) -> None:
    sealed = recovery_code.seal({"secrets": "a very well known text"}, CODE)
    assert b"known" not in sealed
    assert recovery_code.seal({"secrets": "a very well known text"}, CODE) != sealed


@pytest.mark.parametrize("at", [0, 1, 16, 17, -1])
def test_another_code_and_one_changed_byte_open_nothing(at: int) -> None:
    sealed = bytearray(recovery_code.seal({"a": "b"}, CODE))
    with pytest.raises(Invalid, match="doesn't fit"):
        recovery_code.unseal(bytes(sealed), CODE.replace("Q", "R"))
    sealed[at] ^= 1
    with pytest.raises(Invalid):
        recovery_code.unseal(bytes(sealed), CODE)
