"""The script that makes keys and release files."""

import subprocess
import sys
from pathlib import Path

import pytest
from release import main, make_key, make_release

from edge_csms.services import release_file

SCRIPT = Path(__file__).parents[2] / "packaging" / "release.py"


def test_a_release_is_signed_with_the_secret_half_and_checked_with_the_other(tmp_path: Path) -> None:
    secret, pinned = make_key(tmp_path / "keys")
    assert secret.stat().st_mode & 0o777 == 0o600
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "edge-csms").write_text("the program")
    path = make_release(secret, tree, tmp_path, "1.2.3")
    assert path.name.startswith("edge-csms-1.2.3-")
    assert path.suffix == release_file.SUFFIX
    with path.open("rb") as file:
        manifest = release_file.read_manifest(file, release_file.read_key(pinned))
        release_file.check_archive(file, manifest)
    assert [packed.path for packed in manifest.files] == ["edge-csms"]


def test_a_key_is_never_replaced(tmp_path: Path) -> None:
    make_key(tmp_path)
    before = (tmp_path / "release-key.pem").read_bytes()
    with pytest.raises(FileExistsError):
        make_key(tmp_path)
    assert (tmp_path / "release-key.pem").read_bytes() == before


def test_what_can_not_be_done_is_one_line(tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPT), "release", str(tmp_path / "absent.pem")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n"), "absent.pem" in done.stderr) == (1, 1, True)


def test_the_command_line_tells_what_it_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["release.py", "key", str(tmp_path)])
    assert main() == 0
    assert capsys.readouterr().out == f"{tmp_path}/release-key.pem\n{tmp_path}/release-key.pub\n"
