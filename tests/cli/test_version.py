"""`version`: what the program is made of."""

import re


def test_the_program_and_its_parts_are_told(edge_csms):
    done = edge_csms("version")
    versions = dict(line.split(" ") for line in done.stdout.splitlines())
    assert (done.returncode, done.stderr) == (0, "")
    assert list(versions) == ["edge-csms", "Python", "Tornado", "Peewee", "SQLite"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+(\.\d+)?", number) for number in versions.values())


def test_the_sqlite_inside_has_no_wal_reset_fault(edge_csms):
    number = re.search(r"^SQLite (.*)$", edge_csms("version").stdout, re.MULTILINE)[1]
    assert tuple(map(int, number.split("."))) >= (3, 51, 3)
