"""The admin page's check of a charger: begun, followed over a lost line, and its report."""

from playwright.async_api import expect

from edge_csms.domain.roles import Role


async def test_a_charger_is_checked_from_end_to_end(bench_site, open_page, connect):
    charge_point = await connect(bench_site, "CP1")
    await bench_site.ask("POST", "/api/v1/id-tags", {"id_tag": "TEST"})
    page = await open_page(bench_site, "#/charge-points/CP1", role=Role.TECHNICIAN, width=360)
    await page.get_by_role("button", name="Check for hand-over").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Tag to charge with").fill("TEST")
    await dialog.get_by_label("Technician").fill("Anna Ampere")
    await dialog.get_by_label("Keeps a charge through a lost link").uncheck()
    await dialog.get_by_role("button", name="Begin").click()
    await expect(page.get_by_role("status").filter(has_text="Plug the car in now.")).to_be_visible(timeout=15_000)
    await charge_point.plug_in(1)
    await expect(page.get_by_text("Nothing failed.")).to_be_visible(timeout=15_000)
    steps = page.get_by_role("listitem")
    await expect(steps.filter(has_text="Obeys a limit of 6 A")).to_contain_text(
        "The meter follows the limit: before 16"
    )
    await expect(steps.filter(has_text="Keeps a charge through")).to_contain_text("left out")
    await expect(page.get_by_text("Anna Ampere")).to_be_visible()
    await page.emulate_media(media="print")
    await expect(page.get_by_text("Date and signature:")).to_be_visible()
    await expect(page.get_by_role("button").first).to_be_hidden()


async def test_a_check_is_stopped_and_found_again_on_the_chargers_page(bench_site, open_page, connect):
    await connect(bench_site, "CP1")
    order = {"connector_id": 1, "id_tag": "TEST", "steps": ["start"]}
    run = (await bench_site.ask("POST", "/api/v1/charge-points/CP1/commissioning-runs", order)).json
    page = await open_page(bench_site, f"#/commissioning/{run['run_id']}", role=Role.TECHNICIAN)
    await page.get_by_role("button", name="Stop the check").click()
    await page.get_by_role("dialog").get_by_role("button", name="Stop the check").click()
    await expect(page.get_by_text("The check was stopped before its end.")).to_be_visible()
    await page.get_by_role("link", name="CP1").click()
    await expect(page.get_by_role("table", name="Hand-over")).to_contain_text("Stopped")


async def test_what_failed_is_said_with_what_it_was_judged_by(bench_site, open_page, connect):
    charge_point = await connect(bench_site, "CP1")
    charge_point.behaviour.answers["UnlockConnector"] = {"status": "UnlockFailed"}
    order = {"connector_id": 1, "id_tag": "TEST", "steps": ["configuration", "unlock"]}
    run = (await bench_site.ask("POST", "/api/v1/charge-points/CP1/commissioning-runs", order)).json
    page = await open_page(bench_site, f"#/commissioning/{run['run_id']}", role=Role.VIEWER)
    await expect(page.get_by_text("At least one step failed.")).to_be_visible()
    await expect(page.get_by_role("listitem").filter(has_text="Releases the plug")).to_contain_text("stays locked")
    await expect(page.get_by_role("listitem").filter(has_text="Settings can be read")).to_contain_text("settings")
