"""The site's own quirks: quirks.toml in the data directory, for makes that the program doesn't know yet."""

import logging
import tomllib
from pathlib import Path

import msgspec

from edge_csms.central.quirk_rows import ROWS
from edge_csms.central.quirks import Quirk, Quirks, check_row
from edge_csms.domain.errors import Invalid

log = logging.getLogger(__name__)

NAME = "quirks.toml"
TABLE = "quirk"  # each row is a table [[quirk]]


def load(data_dir: Path) -> tuple[Quirks, list[str]]:
    """Read the file, if there is one, and say what is wrong with it; a row with a fault is left out."""
    path = data_dir / NAME
    rows, faults = _read(path) if path.exists() else ([], [])
    for fault in faults:
        log.error("%s: %s", path, fault)
    return Quirks(ROWS, rows), faults


def _read(path: Path) -> tuple[list[Quirk], list[str]]:
    try:
        content = tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return [], [f"can't be read: {error}"]
    faults = [f"there is no table {name}; each row is a table [[{TABLE}]]" for name in content if name != TABLE]
    rows, tables = [], content.get(TABLE, [])
    for number, table in enumerate(tables if isinstance(tables, list) else [tables], start=1):
        try:
            row = msgspec.convert(table, Quirk)
            check_row(row)
        except (msgspec.ValidationError, Invalid) as error:
            faults.append(f"row {number}: {error}")
        else:
            rows.append(row)
    return rows, faults
