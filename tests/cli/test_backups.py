"""`backup` and `restore`: what is refused before anything is touched."""


def test_a_backup_never_overwrites_a_file(complaint, tmp_path):
    (tmp_path / "copy").write_text("precious")
    assert complaint("backup", "copy") == f"edge-csms: {tmp_path}/copy is there already: name a new file"
    assert (tmp_path / "copy").read_text() == "precious"


def test_a_backup_needs_its_directory(complaint, tmp_path):
    assert complaint("backup", "absent/copy") == f"edge-csms: {tmp_path}/absent is no directory"


def test_a_restore_needs_its_source(complaint, tmp_path):
    assert complaint("restore", "copy") == f"edge-csms: {tmp_path}/copy is no file"
