"""A doubt about the box's clock on the admin page, and how a technician ends it."""

import time

import pytest
from playwright.async_api import expect

from edge_csms.domain.roles import Role


@pytest.fixture
def behind(site, monkeypatch):
    """Let the box's clock be set back while the site runs."""
    site.app.clock.now()
    monkeypatch.setattr(site.app.clock, "_box", lambda: time.time() - 3600)


async def test_a_technician_says_on_the_page_that_the_clock_is_right(site, behind, open_page):
    page = await open_page(site, role=Role.TECHNICIAN)
    needs = page.get_by_role("region", name="Needs attention")
    await expect(needs).to_contain_text("The box's clock is in doubt.")
    await expect(needs).to_contain_text("it was set while the site ran")
    await page.get_by_role("button", name="The clock is right").click()
    await expect(page.get_by_role("dialog")).to_contain_text("the device in your hands")
    await page.get_by_role("button", name="It is right").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(needs).to_have_count(0)
    assert site.app.clock.doubt is None


async def test_a_viewer_sees_the_doubt_and_no_button(site, behind, open_page):
    page = await open_page(site, role=Role.VIEWER)
    await expect(page.get_by_role("region", name="Needs attention")).to_contain_text("The box's clock is in doubt.")
    await expect(page.get_by_role("button", name="The clock is right")).to_have_count(0)
