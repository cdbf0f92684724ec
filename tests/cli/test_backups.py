"""`backup` and `restore`: the site in one file and back, and what is refused before anything is touched."""

from pathlib import Path

import pytest


@pytest.fixture
def add_user(edge_csms):
    """A function that makes an account."""

    def add(name, role="admin"):
        done = edge_csms("user", "add", name, "--role", role, "--password-stdin", stdin="charge-it-up")
        assert done.returncode == 0, done.stderr

    return add


def test_what_was_saved_comes_back_and_what_was_replaced_is_kept(edge_csms, add_user, tmp_path):
    add_user("anna")
    done = edge_csms("backup", "copy")
    assert (done.returncode, done.stdout) == (0, f"backup written and verified: {tmp_path}/copy\n")
    add_user("bert")
    done = edge_csms("restore", "copy")
    assert (done.returncode, done.stderr) == (0, "")
    assert Path(done.stdout.strip().rpartition("are kept in ")[2]).exists()
    assert edge_csms("user", "list").stdout == "anna  admin       active\n"


def test_a_backup_is_made_while_the_server_runs(edge_csms, add_user, server, tmp_path):
    add_user("anna")
    assert edge_csms("backup", "copy").returncode == 0
    assert (tmp_path / "copy").read_bytes().startswith(b"SQLite format 3")


def test_nothing_is_restored_while_the_server_runs(complaint, edge_csms, server):
    edge_csms("backup", "copy")
    assert "stop it first" in complaint("restore", "copy")


def test_what_is_no_backup_is_not_restored(complaint, edge_csms, add_user, tmp_path):
    add_user("anna")
    (tmp_path / "copy").write_text("no database")
    assert f"{tmp_path}/copy" in complaint("restore", "copy")
    assert edge_csms("user", "list").stdout == "anna  admin       active\n"


def test_a_backup_never_overwrites_a_file(complaint, tmp_path):
    (tmp_path / "copy").write_text("precious")
    assert complaint("backup", "copy") == f"edge-csms: {tmp_path}/copy is there already: name a new file"
    assert (tmp_path / "copy").read_text() == "precious"


def test_a_backup_needs_its_directory(complaint, tmp_path):
    assert complaint("backup", "absent/copy") == f"edge-csms: {tmp_path}/absent is no directory"


def test_a_restore_needs_its_source(complaint, tmp_path):
    assert complaint("restore", "copy") == f"edge-csms: {tmp_path}/copy is no file"


def test_another_box_gets_the_keys_along_with_the_recovery_code(edge_csms, complaint, add_user, tmp_path, environment):
    add_user("anna")
    code = edge_csms("recovery-code").stdout
    assert edge_csms("backup", "copy").returncode == 0
    environment["EDGE_CSMS_STORAGE_DATA_DIR"] = str(tmp_path / "new-box")
    assert "doesn't fit" in complaint("restore", "copy", "--recovery-code-stdin", stdin="0000-0000\n")
    done = edge_csms("restore", "copy", "--recovery-code-stdin", stdin=code)
    assert (done.returncode, done.stderr) == (0, "")
    assert "came along" in done.stdout
    assert edge_csms("recovery-code").stdout == code
    assert edge_csms("user", "list").stdout == "anna  admin       active\n"


def test_without_the_code_the_site_comes_back_and_what_is_lost_is_said(edge_csms, add_user, tmp_path, environment):
    add_user("anna")
    edge_csms("backup", "copy")
    environment["EDGE_CSMS_STORAGE_DATA_DIR"] = str(tmp_path / "new-box")
    done = edge_csms("restore", "copy")
    assert (done.returncode, done.stderr) == (0, "")
    assert "everybody must log in again" in done.stdout
    assert edge_csms("user", "list").stdout == "anna  admin       active\n"
