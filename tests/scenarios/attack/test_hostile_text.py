"""Markup, formulas, SQL and lines of a log in every field are kept and told to the letter (S-09 to S-11)."""

import csv
import io
from typing import Any
from urllib.parse import quote

import pytest

from edge_csms.services.log_lines import JournalLines, LogLines
from edge_csms.storage.tables import DATABASE, TABLES
from tests.running import RunningSite
from tests.scenarios.attack.hostile import SQL, TEXTS, Filler
from tests.scenarios.attack.pages import every_page_renders

FILTERS = {
    "/api/v1/transactions": ("charge_point_id", "id_tag", "from", "to", "connector_id", "open", "cursor", "limit"),
    "/api/v1/transactions.csv": ("charge_point_id", "id_tag"),
    "/api/v1/id-tags": ("cursor", "search", "limit"),
    "/api/v1/charge-points": ("cursor", "limit"),
    "/api/v1/audit": ("cursor", "limit"),
    "/api/v1/reservations": ("charge_point_id", "cursor"),
    "/api/v1/jobs": ("charge_point_id", "cursor"),
    "/api/v1/users": ("cursor",),
}


def shape() -> list[Any]:
    """Give what SQL could have done harm to: the tables and how many rows each has."""
    found = DATABASE.execute_sql("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
    return [found, [(table.__name__, table.select().count()) for table in TABLES]]


def strings(value: Any) -> list[str]:
    """List all texts in JSON."""
    if isinstance(value, dict):
        return [text for item in value.items() for text in strings(list(item))]
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    return [value] if isinstance(value, str) else []


async def no_cell_is_a_formula_or_two(site: RunningSite, filler: Filler) -> None:
    """Hold that tables to take away have as many rows as they should, and each text in a cell, which is only text."""
    answer = await site.ask("GET", "/api/v1/transactions.csv")
    rows = list(csv.DictReader(io.StringIO(answer.body.decode(), newline="")))
    assert len(rows) == len(await site.transactions())
    cells = [cell for row in rows for cell in row.values()]
    assert [cell for cell in cells if cell[:1] in tuple("=+-@\t\r")] == []
    expected = f"'{filler.text}" if filler.text.startswith("=") else filler.printable
    assert {row["id_tag"] for row in rows} == {expected}
    findings = await site.ask("GET", f"/api/v1/charge-points/{quote(filler.identity, safe='')}/findings.txt")
    assert all(line.isprintable() for line in findings.body.decode().split("\n"))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
async def test_a_text_is_kept_and_told_to_the_letter(
    site: RunningSite, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    filler = Filler(site, text)
    await filler.fill()
    await every_page_renders(site, filler.identity)
    for path in ("/api/v1/charge-points", "/api/v1/transactions", "/api/v1/connection-attempts", "/api/v1/audit"):
        assert any(filler.identity[:20] in one for one in strings(await site.get(path))), path
    (charge_point,) = (await site.get("/api/v1/charge-points"))["items"]
    assert (charge_point["charge_point_id"], charge_point["vendor"]) == (filler.identity, text)
    assert {one["id_tag"] for one in await site.transactions()} == {filler.printable}
    configuration = await site.get(f"/api/v1/charge-points/{quote(filler.identity, safe='')}/configuration")
    assert (text, text) in [(one["key"], one["value"]) for one in configuration["items"]]
    await no_cell_is_a_formula_or_two(site, filler)
    for formatter in (LogLines(), JournalLines()):
        lines = [formatter.format(record) for record in caplog.records if record.name.startswith("edge_csms")]
        assert lines
        assert [line for line in lines if not line.isprintable()] == []


async def test_sql_in_a_filter_finds_nothing_and_changes_nothing(site: RunningSite) -> None:
    await Filler(site, SQL).fill()
    before = await site.app.database.read(shape)
    for path, names in FILTERS.items():
        for name in names:
            for text in ("' OR '1'='1", "1 OR 1=1", "%"):
                answer = await site.ask("GET", f"{path}?{name}={quote(text)}")
                assert answer.status in (200, 400), (path, name, answer.status)
                if name in ("charge_point_id", "id_tag") and answer.status == 200 and path.count(".") == 0:
                    assert answer.json["items"] == [], (path, name, text)
    assert await site.app.database.read(shape) == before
