"""The rules of the house that no linter knows: where things stand, how long they are, and who may say what."""

import ast
import importlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from edge_csms.config import SECTIONS
from edge_csms.ocpp.operation import Request
from edge_csms.ocpp.v16 import OPERATIONS
from edge_csms.web.application import ROUTES
from edge_csms.web.openapi import document

ROOT = Path(__file__).parents[1]
CODE = ROOT / "edge_csms"
TESTS = ROOT / "tests"

LONGEST_MODULE = 400
LONGEST_FUNCTION = 40  # code without its docstring

TOP_LEVEL = {
    ".ci",
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "config.example.toml",
    "edge_csms",
    "packaging",
    "pyproject.toml",
    "systemd",
    "tests",
}

# Whoever else named a version of the standard would be in the way of the next one. Comments may cite its clauses.
VERSION_WORD = re.compile(
    r"(?<![a-z])v16(?!\d)|(?<![a-z])v201(?!\d)|(?<![\d.])1\.6(?![\d.])|(?<![\d.])2\.0\.1(?![\d.])"
)
MAY_NAME_VERSIONS = re.compile(r"ocpp/v\d+/.*|central/\w+_v\d+\.py|app\.py|simulator/.*")

# What only those would understand who were there when it was written: paths of a machine, numbers of tickets.
INSIDER_WORD = re.compile(rf"{re.escape(str(ROOT))}/|\bissue #?\d|\bTODO\b|\bFIXME\b|\bXXX\b", re.IGNORECASE)

MODULES = sorted(path for path in CODE.rglob("*.py") if "migrations" not in path.parts)  # those are data of a kind
TEST_MODULES = sorted(TESTS.rglob("*.py"))


DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def code_without_comments(path: Path) -> str:
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node) is not None:
            del node.body[0]
    return ast.unparse(tree)


def lengths_of_functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[1] if ast.get_docstring(node) is not None and node.body[1:] else node.body[0]
            yield f"{path.relative_to(ROOT)}: {node.name}", node.end_lineno - first.lineno + 1


def tracked_texts() -> Iterator[tuple[str, str]]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = ROOT / name
        if path.is_file() and path != Path(__file__):
            yield name, path.read_bytes().decode(errors="replace")


def home_of_tests(module: Path) -> Path:
    if module.parent == CODE / "storage" / "tables":
        return TESTS / "storage" / "test_tables.py"  # one look at all columns
    return TESTS / module.relative_to(CODE).with_name(f"test_{module.name}")


def test_every_module_has_its_test_module():
    homes = {module: home_of_tests(module) for module in MODULES if module.name not in {"__init__.py", "__main__.py"}}
    assert names([home for home in homes.values() if not home.exists()]) == []


def test_no_module_is_too_long():
    lengths = {path: path.read_text().count("\n") for path in MODULES + TEST_MODULES}
    assert names([path for path, length in lengths.items() if length > LONGEST_MODULE]) == []


def test_no_function_is_too_long():
    lengths = dict(pair for path in MODULES for pair in lengths_of_functions(path))
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_every_module_says_what_it_is():
    texts = {path: path.read_text() for path in MODULES + TEST_MODULES}
    assert names([path for path, text in texts.items() if text and not ast.get_docstring(ast.parse(text))]) == []


def test_versions_of_the_standard_are_named_only_by_those_who_translate_them():
    others = [path for path in MODULES if not MAY_NAME_VERSIONS.fullmatch(str(path.relative_to(CODE)))]
    assert names([path for path in others if VERSION_WORD.search(code_without_comments(path))]) == []


def test_top_level_holds_only_what_belongs_there():
    tops = {name.split("/")[0] for name, _ in tracked_texts()}
    assert tops - TOP_LEVEL == set()


def test_nothing_needs_to_have_been_there_to_be_understood():
    assert {name: found for name, text in tracked_texts() if (found := INSIDER_WORD.findall(text))} == {}


def test_every_setting_is_explained_in_the_example():
    keys = re.findall(r"^# (\w+) = |^\[(\w+)\]", (ROOT / "config.example.toml").read_text(), re.MULTILINE)
    expected = [name for section, struct in SECTIONS.items() for name in ("", section, *struct.__struct_fields__)]
    assert [key or section for key, section in keys] == [name for name in expected if name]


def test_every_operation_is_in_the_table_of_its_version():
    declared = {
        request.__name__ for request in Request.__subclasses__() if request.__module__.startswith("edge_csms.ocpp.v16.")
    }
    assert declared == {operation.action for operation in OPERATIONS}


def test_every_route_is_served_and_in_the_openapi_document():
    modules = [importlib.import_module(f"edge_csms.web.{path.stem}") for path in (CODE / "web").glob("*.py")]
    declared = [route for module in modules for route in getattr(module, "ROUTES", [])]
    described = {(method.upper(), path) for path, methods in document(ROUTES)["paths"].items() for method in methods}
    assert {(route.method, route.path.replace(":int", "")) for route in declared} == described
