"""The one-time set-up code."""

import re
import stat
from pathlib import Path

import pytest

from edge_csms.services.setup_code import SetupCode


def test_the_code_is_the_same_over_restarts_until_it_is_used(tmp_path: Path) -> None:
    code = SetupCode(tmp_path).prepare(accounts_exist=False)
    assert code is not None
    assert re.fullmatch(r"([A-HJ-NP-Z2-9]{4}-){2}[A-HJ-NP-Z2-9]{4}", code)
    assert SetupCode(tmp_path).prepare(accounts_exist=False) == code
    assert (tmp_path / "setup-code").read_text().strip() == code
    assert stat.S_IMODE((tmp_path / "setup-code").stat().st_mode) == 0o600
    SetupCode(tmp_path).finish()
    assert SetupCode(tmp_path).prepare(accounts_exist=False) is None
    assert not SetupCode(tmp_path).matches(code)


def test_people_may_type_it_as_they_like(tmp_path: Path) -> None:
    setup = SetupCode(tmp_path)
    code = setup.prepare(accounts_exist=False)
    assert code is not None
    assert all(setup.matches(typed) for typed in (code, code.lower(), code.replace("-", ""), f" {code} "))
    assert not any(setup.matches(typed) for typed in ("", "-", code[:-1], code + "A", "ÄÖÜ"))


def test_without_a_code_nothing_matches(tmp_path: Path) -> None:
    assert not SetupCode(tmp_path).matches("")
    (tmp_path / "setup-code").write_text("\n")
    assert not SetupCode(tmp_path).matches("")


def test_an_account_from_elsewhere_ends_the_code(tmp_path: Path) -> None:
    setup = SetupCode(tmp_path)
    code = setup.prepare(accounts_exist=False)
    assert code is not None
    assert setup.prepare(accounts_exist=True) is None
    assert not setup.matches(code)
    assert not (tmp_path / "setup-code").exists()


def test_a_site_that_lost_its_accounts_gives_no_new_code(tmp_path: Path) -> None:
    SetupCode(tmp_path).prepare(accounts_exist=True)
    assert SetupCode(tmp_path).prepare(accounts_exist=False) is None


@pytest.mark.parametrize("content", [b"", b"ABCD-EF", b"\xff\x00"])
def test_a_file_that_a_power_cut_damaged_is_written_again(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "setup-code").write_bytes(content)
    code = SetupCode(tmp_path).prepare(accounts_exist=False)
    assert code is not None
    assert SetupCode(tmp_path).matches(code)


def test_it_can_be_read_until_it_is_used(tmp_path: Path) -> None:
    setup = SetupCode(tmp_path)
    assert setup.read() is None
    code = setup.prepare(accounts_exist=False)
    assert setup.read() == code
    setup.finish()
    assert setup.read() is None
