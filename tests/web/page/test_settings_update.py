"""The admin page's part about updates of the server."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import expect

from edge_csms.domain.roles import Role
from edge_csms.services.update_spool import PROGRESS, REQUESTED, RESULT, Progress, Result
from tests.making_releases import VERSION, make, pin
from tests.running import PASSWORD, RunningSite

OLD = "0.1.0"


@pytest.fixture
def installed_site(site: RunningSite, tmp_path: Path) -> RunningSite:
    site.app.updates.installation = pin(tmp_path / "trees")
    return site


async def test_a_release_is_brought_applied_and_its_result_shown(installed_site, open_page, tmp_path):
    release = tmp_path / "edge-csms.update"
    release.write_bytes(make())
    page = await open_page(installed_site, "#/settings/server")
    section = page.get_by_role("region", name="Update of the server")
    dialog = page.get_by_role("dialog")
    await section.get_by_role("button", name="Bring a release").click()
    await dialog.get_by_label("Release file").set_input_files(release)
    await dialog.get_by_role("button", name="Bring a release").click()
    await expect(section).to_contain_text(f"version {VERSION}")
    await section.get_by_role("button", name="Update", exact=True).click()
    await expect(dialog).to_contain_text(f"Update to version {VERSION}?")
    await dialog.get_by_label("Your password again").fill(PASSWORD)
    await dialog.get_by_role("button", name="Update", exact=True).click()
    await expect(section).to_contain_text("The updater is being started")
    spool = installed_site.app.updates.spool
    spool.write(PROGRESS, Progress(step="unpacking", version=VERSION, at=datetime.now(UTC)))
    await expect(section).to_contain_text("unpacking")
    told = Result(
        outcome="returned",
        code="charge_points_missing",
        words="with version 2.0.0 these chargers did not come back: CP1",
        from_version=OLD,
        to_version=VERSION,
        username="the-admin",
        missing_charge_points=("CP1",),
        at=datetime.now(UTC),
    )
    spool.write(RESULT, told)
    spool.remove(REQUESTED)
    spool.remove(PROGRESS)
    await expect(section).to_contain_text(f"version {OLD} and its data are back")
    await expect(section).to_contain_text("Not every charger found the new version.")
    await section.get_by_role("button", name="Withdraw").click()
    await dialog.get_by_role("button", name="Withdraw").click()
    await expect(section).not_to_contain_text("Brought")


async def test_a_bad_file_is_refused_in_words(installed_site, open_page, tmp_path):
    release = tmp_path / "edge-csms.update"
    release.write_bytes(make(version="0.0.1"))
    page = await open_page(installed_site, "#/settings/server")
    await page.get_by_role("button", name="Bring a release").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Release file").set_input_files(release)
    await dialog.get_by_role("button", name="Bring a release").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("older than")


async def test_a_copy_that_can_not_be_updated_says_so_and_the_box_its_commands(site, open_page):
    page = await open_page(site, "#/settings/server")
    section = page.get_by_role("region", name="Update of the server")
    await expect(section).to_contain_text("update it the way it was installed")
    await expect(section.get_by_role("button")).to_have_count(0)
    await expect(page.get_by_role("region", name="On the box itself")).to_contain_text("timedatectl set-ntp true")


async def test_nobody_but_administrators_sees_it(site, open_page):
    page = await open_page(site, "#/settings/server", role=Role.TECHNICIAN)
    await expect(page.get_by_role("heading", name="Settings", exact=True)).to_be_visible()
    await expect(page.get_by_role("heading", name="Update of the server")).to_have_count(0)
