"""Whatever chargers and people fill in, every view shows it to the letter, and no markup in it is obeyed (S-09)."""

from urllib.parse import quote

from playwright.async_api import Page, expect

from tests.running import RunningSite
from tests.scenarios.attack.hostile import MARKUP, Filler
from tests.web.page.conftest import OpenPage

PARTS = ("", "charging", "configuration", "files", "security", "diagnosis")
VIEWS = ("site", "charge-points", "messages", "transactions", "transactions/1", "id-tags", "settings", "templates")
VIEWS += ("firmware",)
# Everything that is on the page as text, in fields too, and how many elements the text made that it must not make.
SHOWN = """() => {
  for (const details of document.querySelectorAll("details")) details.open = true;
  const fields = [...document.querySelectorAll("input, textarea")].map((field) => field.value);
  return [document.body.innerText, ...fields].join("\\n");
}"""
OBEYED = "document.querySelectorAll('.evil, img[src=x], [onerror]').length + (document.title === 'evil')"


async def every_view(page: Page, site: RunningSite, identity: str) -> dict[str, str]:
    """Open every view, and give what each shows."""
    shown = {}
    own = [f"charge-points/{quote(identity, safe='')}/{part}".rstrip("/") for part in PARTS]
    for view in (*VIEWS, *own, f"messages?charge_point_id={quote(identity, safe='')}"):
        await page.goto(f"{site.url}/#/{view}")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await page.wait_for_load_state("networkidle")
        shown[view] = await page.evaluate(SHOWN)
        assert await page.evaluate(OBEYED) == 0, view
    return shown


async def test_every_view_shows_markup_and_obeys_nothing_in_it(site: RunningSite, open_page: OpenPage) -> None:
    filler = Filler(site, MARKUP)
    await filler.fill()
    shown = await every_view(await open_page(site), site, filler.identity)
    silent = [view for view, told in shown.items() if filler.identity[:25] not in told]
    assert silent == []
