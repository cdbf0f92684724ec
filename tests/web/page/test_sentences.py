"""The server's own sentences, which are English: other languages have them in their catalogues, and no old ones."""

import ast
import re
from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from edge_csms.domain import errors
from edge_csms.web.application import ROUTES
from tests.web.page.test_files import CATALOGUES, ROOT

CODE = ROOT.parents[1]
SPOKEN = [CODE / room for room in ("central", "config", "domain", "jobs", "ocpp", "services", "storage", "web")]
GAP = re.compile(r"\{\d?\}")
OTHERS = sorted(CATALOGUES.keys() - {"en"})
REFUSALS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.Refusal)}
# Said by msgspec of a field that is wrong.
BORROWED = {"Expected `{}`, got `{}`.", "Expected `{}`.", "Invalid enum value {}."}


def sentence(node: ast.AST) -> str | None:
    """Give a text of the code with {} for each gap that is filled when it runs."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
    return None


def nodes() -> Iterator[ast.AST]:
    for path in (*CODE.glob("*.py"), *(path for room in SPOKEN for path in room.rglob("*.py"))):
        yield from ast.walk(ast.parse(path.read_text()))


def refusals() -> set[str]:
    calls = [node for node in nodes() if isinstance(node, ast.Call)]
    named = [one for one in calls if isinstance(one.func, ast.Name) and one.func.id in REFUSALS and one.args]
    return {text for one in named if (text := sentence(one.args[0])) and " " in text}


@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_is_kept_that_the_server_says_no_more(language):
    source = "\n".join(filter(None, map(sentence, nodes())))
    known = {GAP.sub("{}", one) for one in CATALOGUES[language]["said"]} - BORROWED
    assert {one for one in known if one.removeprefix("{}").rstrip(".") not in source} == set()


@pytest.mark.parametrize("language", OTHERS)
def test_nearly_every_refusal_is_said_in_the_readers_language(language):
    known = {GAP.sub("{}", one) for one in CATALOGUES[language]["said"]}
    missing = refusals() - known
    assert len(missing) < len(known) / 10, missing


def test_every_act_of_the_trail_has_its_words():
    acts = {route.audit for route in ROUTES if route.audit}
    assert {act for act in acts if f"audit_action.{act}" not in CATALOGUES["en"]} == set()


async def test_every_part_of_the_server_has_its_words(site):
    parts = {part["name"] for part in (await site.get("/readyz"))["parts"]}
    assert {part for part in parts if f"part.{part}" not in CATALOGUES["en"]} == set()


@pytest.mark.parametrize("language", OTHERS)
def test_a_sentence_has_the_same_gaps_in_every_language(language):
    for english, own in CATALOGUES[language]["said"].items():
        assert sorted(set(re.findall(r"\{\d\}", own))) == sorted(set(re.findall(r"\{\d\}", english))), english


async def test_a_sentence_is_found_with_what_fills_its_gaps(site, open_page):
    page = await open_page(site, role=None, language="de-DE")
    await page.locator("input[name=username]").wait_for()  # its language has come
    script = "async (text) => (await import('/main.js')).$modules['lib/i18n.js'].said(text)"
    for english, german in {
        "there is a charge point CP 1 already": "Den Lader CP 1 gibt es schon.",
        "CP1 answered Failed. It can have no list.": "CP1 hat Failed geantwortet. Er kann keine Liste haben.",
        "something that nobody has put down yet": "something that nobody has put down yet",
        "there is no user " + "x" * 1000: "there is no user " + "x" * 1000,
        "constructor": "constructor",
        "": "",
    }.items():
        assert await page.evaluate(script, english) == german


async def test_a_refusal_is_read_in_german(site, open_page):
    await site.ask("POST", "/api/v1/id-tags", {"id_tag": "CARD1"})
    page = await open_page(site, "#/id-tags", language="de-DE")
    await page.get_by_role("button", name="Karte hinzufügen").click()
    await page.get_by_label("Karte", exact=True).fill("CARD1")
    await page.get_by_role("button", name="Speichern").click()
    await expect(page.get_by_role("alert")).to_contain_text("Die Karte CARD1 gibt es schon.")
