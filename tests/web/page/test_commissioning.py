"""The admin page's check of a charger: begun, followed over a lost line, and its report."""

import io
import zipfile

from playwright.async_api import expect

from edge_csms.domain.commissioning import StepName
from edge_csms.domain.roles import Role
from edge_csms.services import recovery_code
from tests.commissioning import check
from tests.running import PASSWORD


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


async def test_it_is_said_why_plugging_in_does_not_help(bench_site, open_page, connect):
    await connect(bench_site, "CP1")
    out_of_service = {"connectorId": 0, "type": "Inoperative"}
    await bench_site.ask("POST", "/api/v1/charge-points/CP1/calls/ChangeAvailability", out_of_service)
    order = {"connector_id": 1, "id_tag": "TEST", "steps": ["start"]}
    run = (await bench_site.ask("POST", "/api/v1/charge-points/CP1/commissioning-runs", order)).json
    page = await open_page(bench_site, f"#/commissioning/{run['run_id']}", role=Role.TECHNICIAN)
    instruction = page.get_by_role("status").filter(has_text="Plug the car in now.")
    await expect(instruction).to_contain_text("Nobody can charge here until it is put into service again")
    await instruction.get_by_role("link", name="Look at it").click()
    await expect(page.get_by_role("region", name="Connectors")).to_contain_text("until it is put into service again")
    assert (await bench_site.ask("POST", f"/api/v1/commissioning-runs/{run['run_id']}/cancel")).status == 200


async def test_what_failed_is_said_with_what_it_was_judged_by(bench_site, open_page, connect):
    charge_point = await connect(bench_site, "CP1")
    charge_point.behaviour.answers["UnlockConnector"] = {"status": "UnlockFailed"}
    order = {"connector_id": 1, "id_tag": "TEST", "steps": ["configuration", "unlock"]}
    run = (await bench_site.ask("POST", "/api/v1/charge-points/CP1/commissioning-runs", order)).json
    page = await open_page(bench_site, f"#/commissioning/{run['run_id']}", role=Role.VIEWER)
    await expect(page.get_by_text("At least one step failed.")).to_be_visible()
    await expect(page.get_by_role("listitem").filter(has_text="Releases the plug")).to_contain_text("stays locked")
    await expect(page.get_by_role("listitem").filter(has_text="Settings can be read")).to_contain_text("settings")


async def test_an_administrator_prints_the_recovery_code_and_nothing_of_it_stays(bench_site, open_page, connect):
    run_id = await checked(bench_site, connect)
    code = recovery_code.of_site(bench_site.data_dir)
    page = await open_page(bench_site, f"#/commissioning/{run_id}")
    await note_prints(page)
    await page.get_by_role("button", name="Print report").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Print the recovery code").check()
    await dialog.get_by_label("Your password again").fill("wrong")
    await dialog.get_by_role("button", name="Print report").click()
    await expect(dialog.locator(".field-error")).to_be_visible()
    assert code not in await page.content()
    await dialog.get_by_label("Your password again").fill(PASSWORD)
    await dialog.get_by_role("button", name="Print report").click()
    assert code in await printed(page)
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_text(code)).to_be_hidden()
    await page.emulate_media(media="print")
    await expect(page.get_by_text(code)).to_be_visible()
    await expect(page.get_by_text("Keep this sheet apart from the box")).to_be_visible()
    await expect(page.get_by_text("____")).to_have_count(0)
    await expect(page.get_by_text("until you leave the page")).to_be_hidden()
    stored = "JSON.stringify([{...localStorage}, {...sessionStorage}, history.state, document.cookie])"
    assert code not in await page.evaluate(stored)
    await page.goto(f"{bench_site.url}/#/charge-points")
    await page.go_back()
    await expect(page.get_by_text("____ ____")).to_be_visible()
    assert code not in await page.content()


async def test_the_code_goes_with_the_page_and_when_it_is_not_wanted_again(bench_site, open_page, connect):
    page = await open_page(bench_site, f"#/commissioning/{await checked(bench_site, connect)}")
    code = recovery_code.of_site(bench_site.data_dir)
    hide = "dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))"
    for leave in (page.reload, lambda: page.evaluate(hide), lambda: print_report(page)):
        await print_report(page, PASSWORD)
        assert code in await page.content()
        await leave()
        await expect(page.get_by_text("____ ____")).to_have_count(1)
        assert code not in await page.content()


async def test_the_trail_names_who_saw_the_code_and_no_record_holds_it(bench_site, open_page, connect):
    run_id = await checked(bench_site, connect)
    await print_report(await open_page(bench_site, f"#/commissioning/{run_id}"), PASSWORD)
    code = recovery_code.of_site(bench_site.data_dir)
    (act,) = (await bench_site.get("/api/v1/audit?action=recovery_code.show"))["items"]
    assert act["username"] == "the-admin"
    backup = (await bench_site.ask("POST", "/api/v1/backups")).json["name"]
    parts = {"parts": ["server", "log", "configuration", "charge_points", "findings", "frames"]}
    bundle = await bench_site.ask("POST", "/api/v1/support-bundle", parts | {"charge_point_ids": ["CP1"]})
    bundled = zipfile.ZipFile(io.BytesIO(bundle.body))
    records = {
        "audit": str(act),
        "report": str(await bench_site.get(f"/api/v1/commissioning-runs/{run_id}")),
        "log": bench_site.app.recent_log.text(),
        "backup": (bench_site.data_dir / "backups" / backup).read_bytes().decode("latin-1"),
        **{name: bundled.read(name).decode("latin-1") for name in bundled.namelist()},
    }
    plain = code.replace("-", "")
    assert [name for name, text in records.items() if code in text or plain in text] == []


async def test_who_may_not_see_the_code_prints_blanks_and_is_told_who_can(bench_site, open_page, connect):
    page = await open_page(bench_site, f"#/commissioning/{await checked(bench_site, connect)}", role=Role.TECHNICIAN)
    await note_prints(page)
    await expect(page.get_by_text("An administrator can print the code")).to_be_visible()
    await page.get_by_role("button", name="Print report").click()
    assert "____ ____" in await printed(page)
    await page.emulate_media(media="print")
    await expect(page.get_by_text("____ ____")).to_be_visible()
    await expect(page.get_by_text("An administrator can print the code")).to_be_hidden()


async def checked(site, connect):
    """Let the server check one thing of a charge point, and give the number of the run."""
    charge_point = await connect(site, "CP1")
    return (await check(site, charge_point, StepName.CONFIGURATION))["run_id"]


async def note_prints(page):
    """Let the page keep what it prints next."""
    keep = "resolve => (window.print = () => resolve(document.querySelector('main').textContent))"
    await page.evaluate(f"() => {{ window.printed = new Promise({keep}); }}")


async def printed(page):
    """Wait until something was printed, and give it."""
    return await page.evaluate("window.printed")


async def print_report(page, password=None):
    await note_prints(page)
    await page.get_by_role("button", name="Print report").click()
    dialog = page.get_by_role("dialog")
    if password is not None:
        await dialog.get_by_label("Print the recovery code").check()
        await dialog.get_by_label("Your password again").fill(password)
    await dialog.get_by_role("button", name="Print report").click()
    await printed(page)
