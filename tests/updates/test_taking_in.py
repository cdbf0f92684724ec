"""Releases as root's updater takes them in: nothing in the spool is trusted, and what is refused changes nothing."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge_csms.services.installation import Installation
from edge_csms.services.release_file import ReleaseRefused
from edge_csms.services.update_spool import RELEASE, Spool
from edge_csms.updates import taking_in
from edge_csms.updates.journal import State
from edge_csms.updates.site import Site
from edge_csms.updates.taking_in import take_in
from tests.making_releases import FILES, VERSION, describe, make, pin


class Parts:
    """What the updater works with."""

    def __init__(self, directory: Path, trees: Path) -> None:
        self.data_dir = directory / "data"
        self.data_dir.mkdir()
        self.spool = Spool(self.data_dir)
        self.spool.prepare()
        self.state = State(directory / "state")
        self.state.directory.mkdir()
        self.installation: Installation = pin(trees)
        (trees / "1.0.0").mkdir()
        self.installation.switch("1.0.0")

    def take_in(
        self, content: bytes | None = None, version: str = VERSION, tell: Callable[[str], None] = print
    ) -> None:
        if content is not None:
            (self.spool.path / RELEASE).write_bytes(content)
        take_in(self.spool, self.state, self.installation, Site(self.data_dir), version, tell)

    def why_refused(self, content: bytes | None = None, version: str = VERSION) -> str:
        with pytest.raises(ReleaseRefused) as refused:
            self.take_in(content, version)
        assert self.installation.current == "1.0.0"
        self.installation.sweep()
        assert self.installation.versions() == ["1.0.0"]
        return refused.value.code


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return Parts(tmp_path, tmp_path / "trees")


def test_a_release_becomes_a_tree_and_no_link_leads_to_it_yet(parts: Parts) -> None:
    parts.take_in(make())
    assert parts.installation.program(VERSION).read_bytes() == FILES["edge-csms"]
    assert os.access(parts.installation.program(VERSION), os.X_OK)
    assert (parts.installation.versions(), parts.installation.current) == (["1.0.0", VERSION], "1.0.0")


def test_what_is_not_to_be_trusted_is_refused(parts: Parts) -> None:
    assert parts.why_refused(make(key=Ed25519PrivateKey.generate())) == "signature"
    assert parts.why_refused(make(version="0.9.0"), "0.9.0") == "downgrade"
    assert parts.why_refused(make(architecture="sparc")) == "architecture"
    assert parts.why_refused(make(minimum_version="1.0.1")) == "too_old"
    assert parts.why_refused(make()[:-10]) == "damaged"
    assert parts.why_refused(make({**FILES, "../1.0.0/edge-csms": b"evil"})) == "path"
    assert parts.why_refused(make(version="2.0.1")) == "another"
    assert parts.why_refused(b"") == "foreign"
    assert parts.why_refused(make(archive=make())) == "damaged"
    assert parts.why_refused(make(schema=0)) == "downgrade"


def test_what_is_changed_after_the_check_does_not_count(parts: Parts) -> None:
    def swap(step: str) -> None:
        assert step == "unpacking"  # from here on only the copy is read
        (parts.spool.path / RELEASE).write_bytes(b"evil")

    parts.take_in(make(), tell=swap)
    assert parts.installation.program(VERSION).read_bytes() == FILES["edge-csms"]


def test_a_link_in_the_spool_leads_nowhere(parts: Parts, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(make())
    (parts.spool.path / RELEASE).symlink_to(tmp_path / "secret")
    with pytest.raises(OSError, match="symbolic links"):
        parts.take_in()


def test_room_is_looked_for_before_anything_is_unpacked(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking_in, "SPARE_BYTES", shutil.disk_usage(parts.data_dir).total)
    assert parts.why_refused(make()) == "no_room"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a file system of one megabyte; only root may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting a small file system needs root")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_disk_that_fills_up_meanwhile_is_left_as_it_was(
    tmp_path: Path, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = Parts(tmp_path, small_disk)
    monkeypatch.setattr(taking_in, "check_room", lambda needed: None)  # there was room a moment ago
    big = os.urandom(2 << 20)
    content = make({"edge-csms": big}, files=[describe("edge-csms", big)])
    assert parts.why_refused(content) == "no_room"
    assert shutil.disk_usage(small_disk).used < 100_000
