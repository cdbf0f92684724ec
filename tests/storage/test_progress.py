"""Whoever wants to know hears that the database works, also while one long statement runs."""

from pathlib import Path

import apsw

from edge_csms.storage import progress

LONG = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000) SELECT count(*) FROM n"


def test_a_long_statement_tells_again_and_again(tmp_path: Path) -> None:
    told: list[None] = []
    with progress.told_to(lambda: told.append(None)):
        connection = apsw.Connection(str(tmp_path / "file.db"))
        connection.execute(LONG).fetchall()
    count = len(told)
    assert count > 10
    connection.execute(LONG).fetchall()
    apsw.Connection(str(tmp_path / "file.db")).execute(LONG).fetchall()
    assert len(told) == count  # it is over


def test_a_check_of_a_whole_file_tells(tmp_path: Path) -> None:
    told: list[None] = []
    with progress.told_to(lambda: told.append(None)):
        connection = apsw.Connection(str(tmp_path / "file.db"))
        connection.execute("CREATE TABLE message (payload BLOB); BEGIN")
        connection.executemany("INSERT INTO message VALUES (zeroblob(500))", [()] * 10_000)
        connection.execute("COMMIT")
        told.clear()
        connection.execute("PRAGMA integrity_check").fetchall()
    assert len(told) >= 2
