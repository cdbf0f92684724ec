"""The coverage table names every case once, and each with a test that is there."""

import ast
import re
from pathlib import Path

HERE = Path(__file__).parent
ROW = re.compile(r"\| (TC_\d{3}(?:_\d)?) \| [^|]+ \| (done|partly: [^|]+) \| `(\w+\.py)::(\w+)` \|[^|]*\|")
CASES = 77  # that the document has for central systems


def rows() -> list[tuple[str, str, str, str]]:
    return [match.groups() for line in (HERE / "COVERAGE.md").read_text().splitlines() if (match := ROW.match(line))]


def numbered_tests() -> set[tuple[str, str]]:
    return {
        (path.name, node.name)
        for path in HERE.glob("test_*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.AsyncFunctionDef) and node.name.startswith("test_tc_")
    }


def test_every_case_is_in_the_table_once():
    cases = [case for case, *_ in rows()]
    assert len(cases) == len(set(cases)) == CASES
    assert cases == sorted(cases)


def test_every_row_names_a_test_that_is_there():
    missing = [(case, module, test) for case, _, module, test in rows() if (module, test) not in numbered_tests()]
    assert missing == []


def test_every_test_is_called_as_its_case():
    for case, _, _, test in rows():
        assert test.startswith((f"test_{case.lower()}_", f"test_{case.lower()[:6]}_"))


def test_every_numbered_test_is_in_the_table():
    cases = {case.lower() for case, *_ in rows()}
    for _, test in numbered_tests():
        assert any(test.startswith((f"test_{case}_", f"test_{case[:6]}_")) for case in cases), test
