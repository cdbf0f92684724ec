"""The file of secret keys."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from edge_csms.services.secret_file import SecretFile, SecretsUnreadable, write_private


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_key_is_made_once_and_is_the_same_after_a_restart(tmp_path: Path) -> None:
    key = SecretFile(tmp_path).key("token_key")
    assert len(key) == 32
    assert SecretFile(tmp_path).key("token_key") == key
    assert mode(tmp_path / "secrets") == 0o600


def test_a_further_key_leaves_the_first_alone(tmp_path: Path) -> None:
    secrets = SecretFile(tmp_path)
    first, second = secrets.key("token_key"), secrets.key("other_key")
    assert first != second
    assert (secrets.key("token_key"), secrets.key("other_key")) == (first, second)


def test_all_that_need_a_key_at_once_get_the_same_one(tmp_path: Path) -> None:
    for attempt in range(20):
        directory = tmp_path / str(attempt)
        directory.mkdir()
        with ThreadPoolExecutor(8) as threads:
            keys = set(threads.map(SecretFile(directory).key, ["recovery_key"] * 8))
        assert len(keys) == 1


def test_a_file_that_others_may_read_is_closed_to_them(tmp_path: Path) -> None:
    SecretFile(tmp_path).key("token_key")
    (tmp_path / "secrets").chmod(0o644)
    SecretFile(tmp_path).key("token_key")
    assert mode(tmp_path / "secrets") == 0o600


@pytest.mark.parametrize(
    "content", [b"", b"token_key = ", b'token_key = "zz"', b'token_key = "00"', b"token_key = 7", b"\xff\xfe", b"[a]"]
)
def test_a_damaged_file_is_said_to_be_damaged_and_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secrets").write_bytes(content)
    with pytest.raises(SecretsUnreadable, match="secrets is damaged"):
        SecretFile(tmp_path).key("token_key")
    assert (tmp_path / "secrets").read_bytes() == content


def test_a_private_file_replaces_another_and_what_a_crash_left_behind(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    (tmp_path / "file.new").write_text("half")
    write_private(tmp_path / "file", "new")
    assert (tmp_path / "file").read_text() == "new"
    assert mode(tmp_path / "file") == 0o600
    assert not (tmp_path / "file.new").exists()
