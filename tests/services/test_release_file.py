"""Release files: what is signed and whole is unpacked, all else is refused in words and leaves nothing behind."""

import io
import tarfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge_csms.services import release_file
from edge_csms.services.installation import architecture
from edge_csms.services.release_file import MAGIC, Manifest, ReleaseRefused
from tests.making_releases import FILES, KEY, VERSION, describe, make, pack, pin


def check(content: bytes) -> Manifest:
    """Check a file from end to end."""
    file = io.BytesIO(content)
    manifest = release_file.read_manifest(file, KEY.public_key())
    release_file.check_archive(file, manifest)
    return manifest


def unpack(content: bytes, directory: Path) -> None:
    file = io.BytesIO(content)
    manifest = release_file.read_manifest(file, KEY.public_key())
    release_file.unpack(file, manifest, directory)


def why_refused(content: bytes) -> str:
    with pytest.raises(ReleaseRefused) as refused:
        check(content)
    return refused.value.code


def test_a_tree_comes_out_as_it_went_in(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "inside").mkdir(parents=True)
    for name, content in FILES.items():
        (tree / name).write_bytes(content)
    (tree / "edge-csms").chmod(0o755)
    (tree / "link.txt").symlink_to("inside/part.txt")
    about = {"version": VERSION, "architecture": architecture(), "schema": 1, "minimum_version": "1.0.0"}
    made = [io.BytesIO(), io.BytesIO()]
    for file in made:
        release_file.write(file, tree, KEY, io.BytesIO(), **about)
    assert made[0].getvalue() == made[1].getvalue()  # the same tree makes the same file
    assert check(made[0].getvalue()).version == VERSION
    unpack(made[0].getvalue(), tmp_path / "unpacked")
    files = {str(path.relative_to(tmp_path / "unpacked")) for path in (tmp_path / "unpacked").rglob("*.*")}
    assert files == {"inside/part.txt", "link.txt"}
    assert (tmp_path / "unpacked" / "link.txt").read_bytes() == b"part"
    assert not (tmp_path / "unpacked" / "link.txt").is_symlink()
    assert (tmp_path / "unpacked" / "edge-csms").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "unpacked" / "link.txt").stat().st_mode & 0o777 == 0o644


def test_only_what_the_pinned_key_has_signed_is_read() -> None:
    good = make()
    assert check(good).version == VERSION
    assert why_refused(make(key=Ed25519PrivateKey.generate())) == "signature"
    assert why_refused(good.replace(b'"2.0.0"', b'"9.0.0"')) == "signature"
    assert why_refused(good.replace(MAGIC, MAGIC.upper())) == "foreign"
    signature = good[len(MAGIC) :].partition(b"\n")[0]
    assert why_refused(good.replace(signature, b"0" * 128)) == "signature"
    assert why_refused(good.replace(signature, b"not hex at all")) == "signature"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", bytes(4000), MAGIC, MAGIC + b"\n" * 2000, b"x" * 10_000])
def test_what_is_no_release_file_is_refused(content: bytes) -> None:
    assert why_refused(content) in {"foreign", "damaged"}


def test_a_file_that_is_cut_off_or_changed_anywhere_is_refused() -> None:
    good = make()
    for length in range(0, len(good), 97):
        why_refused(good[:length])
    assert why_refused(good[:-1]) == "damaged"
    assert why_refused(good + b"more") == "damaged"
    for place in range(len(MAGIC), len(good), 131):
        why_refused(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])


@pytest.mark.parametrize(
    "path",
    ["../outside", "/etc/passwd", "inside/../../outside", "inside//part", ".", "a/./b", "", "new\nline", "nul\0"],
)
def test_even_a_signed_file_can_not_write_elsewhere(path: str) -> None:
    assert why_refused(make({"edge-csms": b"", path: b"evil"})) == "path"


def test_a_manifest_names_each_file_once_and_the_program_among_them() -> None:
    assert why_refused(make(files=[describe("edge-csms", b"")] * 2, archive=pack({"edge-csms": b""}))) == "path"
    assert why_refused(make({"other": b""})) == "foreign"
    assert why_refused(make(version="../1")) == "foreign"
    assert why_refused(make(archive_bytes=2**40)) == "foreign"
    huge = describe("edge-csms", b"") | {"size_bytes": 2**40}
    assert why_refused(make(files=[huge])) == "foreign"
    assert why_refused(make(version=None)) == "foreign"


@pytest.mark.parametrize(
    "archive",
    [
        pack({**FILES, "more": b"more"}),
        pack({"edge-csms": FILES["edge-csms"]}),
        pack({**FILES, "inside/part.txt": b"other"}),
        pack({**FILES, "inside/part.txt": b"part and more"}),
        pack(FILES, kind=tarfile.SYMTYPE),
        pack(FILES, kind=tarfile.LNKTYPE),
        pack(FILES, kind=tarfile.FIFOTYPE),
        pack({"../outside": b"evil"}),
        b"no archive",
        pack(FILES)[:100],
    ],
)
def test_an_archive_that_is_not_as_its_manifest_says_is_refused(archive: bytes, tmp_path: Path) -> None:
    with pytest.raises(ReleaseRefused) as refused:
        unpack(make(archive=archive), tmp_path / "tree")
    assert refused.value.code == "damaged"
    assert [path.name for path in tmp_path.iterdir()] == ["tree"]


def why_unfit(manifest: Manifest, installed: str = "1.9.9", machine: str = "", known_schema: int = 1) -> str:
    with pytest.raises(ReleaseRefused) as refused:
        release_file.check_fits(manifest, installed, machine or architecture(), known_schema)
    return refused.value.code


def test_a_release_must_be_newer_and_for_this_box() -> None:
    manifest = check(make(minimum_version="1.5"))
    release_file.check_fits(manifest, "1.9.9", architecture(), 1)
    release_file.check_fits(manifest, "1.5.0", architecture(), 1)
    assert why_unfit(manifest, machine="riscv64") == "architecture"
    assert why_unfit(manifest, "2.0.0") == "same_version"
    assert why_unfit(manifest, "2.0.0.1") == "downgrade"
    assert why_unfit(manifest, "10.0") == "downgrade"
    assert why_unfit(manifest, known_schema=2) == "downgrade"
    assert why_unfit(manifest, "1.4.12") == "too_old"


def test_without_a_pinned_key_nothing_is_trusted(tmp_path: Path) -> None:
    installation = pin(tmp_path)
    assert release_file.read_key(installation.key_file) == KEY.public_key()
    installation.key_file.write_text("no key")
    for spoil in (lambda: None, installation.key_file.unlink):
        spoil()
        with pytest.raises(ReleaseRefused) as refused:
            release_file.read_key(installation.key_file)
        assert refused.value.code == "no_key"
