"""The admin page's security part of a charger, and the switches for makes that need something else."""

from playwright.async_api import expect

from edge_csms.domain.roles import Role
from tests.running import PASSWORD


async def test_a_key_is_changed_over_the_line_after_the_password(quick_site, open_page, connect):
    charge_point = await connect(quick_site, "CP1")
    page = await open_page(quick_site, "#/charge-points/CP1/security", role=Role.TECHNICIAN)
    await page.get_by_role("button", name="Change key over the line").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Your password again").fill(PASSWORD)
    await dialog.get_by_role("button", name="Change key over the line").click()
    await expect(page.get_by_text("The charge point has the new key")).to_be_visible()
    call = await charge_point.next_call("ChangeConfiguration")
    assert call.payload["key"] == "AuthorizationKey"


async def test_the_least_security_is_set_and_events_appear_by_themselves(quick_site, open_page, connect):
    charge_point = await connect(quick_site, "CP1")
    page = await open_page(quick_site, "#/charge-points/CP1/security", role=Role.TECHNICIAN)
    await page.get_by_role("button", name="Least security").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Security").select_option("Password over TLS")
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("region", name="Proof of identity")).to_contain_text("Password over TLS")
    await charge_point.security_event("TamperDetectionActivated", "lid open")
    await expect(page.get_by_role("table", name="Security events")).to_contain_text("lid open")


async def test_a_certificate_is_asked_for_shown_and_revoked(quick_site, open_page, connect):
    from tests.making_certificates import certificate_request

    charge_point = await connect(quick_site, "CP1", csr=certificate_request("CP1"))
    page = await open_page(quick_site, "#/charge-points/CP1/security", role=Role.TECHNICIAN)
    certificates = page.get_by_role("region", name="Certificates")
    await expect(certificates).to_contain_text("None was made for this charger.")
    await certificates.get_by_role("button", name="Renew").click()
    await expect(certificates).to_contain_text("will send its request")
    await charge_point.next_call("CertificateSigned")
    await page.reload()
    await certificates.get_by_role("button", name="Revoke").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Your password again").fill(PASSWORD)
    await dialog.get_by_role("button", name="Revoke").click()
    await expect(certificates).to_contain_text("revoked")


async def test_the_roots_that_a_charger_trusts_are_asked_for_installed_and_deleted(quick_site, open_page, connect):
    await connect(quick_site, "CP1")
    page = await open_page(quick_site, "#/charge-points/CP1/security", role=Role.TECHNICIAN)
    roots = page.get_by_role("region", name="Roots that the charger trusts")
    await roots.get_by_role("button", name="Ask the charger").click()
    await expect(roots).to_contain_text("The charger has none.")
    await roots.get_by_role("button", name="Let it trust this site").click()
    await expect(roots).to_contain_text("The charge point trusts it.")
    await expect(roots.get_by_role("row", name="this site")).to_have_count(2)  # for RSA and for ECDSA
    await roots.get_by_label("To know whom").select_option("its maker's firmware")
    await expect(roots.get_by_role("row")).to_have_count(0)
    await roots.get_by_label("To know whom").select_option("this site")
    await roots.get_by_role("button", name="Ask the charger").click()
    await roots.get_by_role("button", name="Delete").first.click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("can't come back by itself")
    await dialog.get_by_label("Your password again").fill(PASSWORD)
    await dialog.get_by_role("button", name="Delete").click()
    await expect(roots.get_by_role("row", name="this site")).to_have_count(1)


async def test_a_switch_is_set_for_one_charger_and_taken_back(site, open_page, connect):
    await connect(site, "CP1")
    page = await open_page(site, "#/charge-points/CP1/diagnosis", role=Role.TECHNICIAN)
    quirks = page.get_by_role("region", name="Special treatment")
    await quirks.get_by_role("button", name="Set a switch").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Switch").select_option("max_stack_level")
    await expect(dialog).to_contain_text("no higher stack level")
    await dialog.get_by_label("Value").fill("2")
    await dialog.get_by_role("button", name="Save").click()
    row = quirks.get_by_role("row", name="max_stack_level")
    await expect(row).to_contain_text("active because a technician has set it")
    assert (await site.get("/api/v1/charge-points/CP1"))["quirks"][0]["value"] == 2
    await row.get_by_role("button", name="Undo max_stack_level").click()
    await expect(quirks).to_contain_text("It is treated as the rule says.")
