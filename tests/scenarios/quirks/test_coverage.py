"""The table of quirks is complete: it names every test, and every test that it names is there."""

import re
from pathlib import Path

HERE = Path(__file__).parent
TEST = re.compile(r"def (test_q\d+_\w+)")


def test_the_table_names_exactly_the_tests_that_there_are():
    table = (HERE / "COVERAGE.md").read_text()
    there = {name for path in HERE.glob("test_*.py") for name in TEST.findall(path.read_text())}
    assert set(re.findall(r"`(test_q\d+_\w+)`", table)) == there


def test_each_row_has_the_tests_of_its_number():
    for line in (HERE / "COVERAGE.md").read_text().splitlines():
        if (row := re.match(r"\| Q(\d+) \|", line)) is not None:
            tests = re.findall(r"`test_q(\d+)_", line)
            assert tests
            assert set(tests) == {row[1]}
