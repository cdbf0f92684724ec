"""Nothing but the database thread is bound to SQLite: every other query is one that PostgreSQL could run too."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import peewee
import pytest

from edge_csms import storage
from edge_csms.storage import (
    charge_points,
    configuration,
    configuration_templates,
    connectors,
    id_tags,
    meter_history,
    meter_values,
    reservations,
    sequences,
    transactions,
)
from edge_csms.storage.compiled import Compiled
from edge_csms.storage.database import Database
from edge_csms.storage.tables import DATABASE, TABLES

# What names the engine, its own functions and its dialect of SQL; Peewee words everything else for the engine it has.
ENGINE_WORD = re.compile(
    r"\b(apsw\w*|sqlite\w*|pragma|rowid|vacuum|replace into|insert or|autoincrement|ifnull|strftime|julianday|"
    r"json_\w+|typeof|total_changes|on_conflict_replace|execute_sql)\b",
    re.IGNORECASE,
)
FUNCTIONS = {"COUNT", "LENGTH", "LOWER", "MAX", "MIN", "SUM", "COALESCE", "ABS"}  # the same everywhere

# The database thread, and what it needs of the engine's own files, and what copies parts of these.
BOUND_TO_THE_ENGINE = {
    "archives.py",
    "checksums.py",
    "copying.py",
    "database.py",
    "engine.py",
    "progress.py",
    "rewriting.py",
    "scanning.py",
}
MODULES = [path for path in sorted(Path(storage.__file__).parent.glob("*.py")) if path.name not in BOUND_TO_THE_ENGINE]
COMPILING = [
    charge_points,
    configuration,
    configuration_templates,
    connectors,
    id_tags,
    meter_history,
    meter_values,
    reservations,
    sequences,
    transactions,
]


class Postgres(peewee.PostgresqlDatabase):
    """PostgreSQL without a server: it words queries and executes none."""

    def get_binary_type(self) -> type[bytes]:  # which is the driver's, and there is none
        return bytes


@pytest.fixture
def postgres(database: Database) -> Iterator[Postgres]:
    """Let queries be worded for PostgreSQL."""
    before, postgres = DATABASE.obj, Postgres("site")
    DATABASE.initialize(postgres)
    yield postgres
    DATABASE.initialize(before)


def code_without_texts(path: Path) -> str:
    """Give the code of a module without its docstrings and comments."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value.value = ""
    return ast.unparse(tree)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_of_storage_names_no_engine(path: Path) -> None:
    allowed = {"compiled.py": {"execute_sql"}}.get(path.name, set())  # it executes what Peewee has worded
    code = code_without_texts(path)
    assert {word.lower() for word in ENGINE_WORD.findall(code)} - allowed == set()
    assert set(re.findall(r"\bfn\.(\w+)", code)) - FUNCTIONS == set()
    assert not re.search(r"\bSQL\(", code)  # Peewee's way to word a part of a query by hand


@pytest.mark.parametrize("module", COMPILING, ids=lambda module: module.__name__)
def test_the_queries_that_are_worded_once_can_be_worded_for_postgresql(module: ModuleType, postgres: Postgres) -> None:
    queries = {name: value for name, value in vars(module).items() if isinstance(value, Compiled)}
    assert queries
    for name, query in queries.items():
        sql, values = query._build().sql()
        assert sql.count("%s") == len(values), name
        assert "?" not in sql, name


def test_every_module_with_such_queries_is_looked_at() -> None:
    with_queries = {path.stem for path in MODULES if "= Compiled(" in path.read_text()}
    assert with_queries == {module.__name__.rpartition(".")[2] for module in COMPILING}


def test_the_tables_can_be_made_on_postgresql(postgres: Postgres) -> None:
    for table in TABLES:
        statements = [table._schema._create_table(safe=False), *table._schema._create_indexes(safe=False)]
        assert all(statement.query()[0].startswith("CREATE ") for statement in statements)
