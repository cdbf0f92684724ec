"""The admin page's door: login, logout, the first account, and a login that runs out."""

from playwright.async_api import expect

from edge_csms.domain.roles import Role
from tests.running import PASSWORD
from tests.web.page.test_files import CATALOGUES


async def test_who_logs_in_sees_the_site(site, open_page):
    await site.token(Role.VIEWER)
    page = await open_page(site, "", role=None)
    await page.get_by_label("Username").fill("the-viewer")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_role("heading", name="Site", exact=True)).to_be_visible()
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()


async def test_a_wrong_password_is_said_and_what_was_typed_stays(site, open_page):
    page = await open_page(site, role=None)
    await page.get_by_label("Username").fill("nobody")
    await page.get_by_label("Password").fill("guessed")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("wrong")
    await expect(page.get_by_label("Username")).to_have_value("nobody")
    await expect(page.get_by_label("Password")).to_have_value("guessed")


async def test_a_reload_keeps_the_login_and_logging_out_ends_it_on_the_server_too(site, open_page):
    page = await open_page(site, "#/settings")
    await page.reload()
    refresh = await page.evaluate("JSON.parse(sessionStorage.getItem('edge-csms.session')).refresh")
    async with page.expect_response("**/api/auth/logout/"):
        await page.get_by_role("button", name="Log out").click()
    await expect(page.get_by_label("Password")).to_be_visible()
    assert await page.evaluate("sessionStorage.length") == 0
    answer = await site.ask("POST", "/api/auth/token/refresh", {"refresh": refresh}, role=None)
    assert answer.status == 401


async def test_the_first_account_is_made_with_the_set_up_code(site, open_page):
    page = await open_page(site, role=None)
    await page.get_by_role("button", name="First start").click()
    await page.get_by_label("Username").fill("anna")
    await page.get_by_label("Password", exact=True).fill("short")
    await page.get_by_label("Password again").fill("short")
    await page.get_by_label("Set-up code").fill("AAAA-BBBB-CCCC")
    await page.get_by_role("button", name="Create account").click()
    await expect(page.get_by_text("too short")).to_be_visible()
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_label("Password again").fill(PASSWORD)
    await page.get_by_role("button", name="Create account").click()
    await expect(page.locator(".field-error")).to_contain_text("This is not the set-up code.")
    await page.get_by_label("Set-up code").fill((site.data_dir / "setup-code").read_text().strip())
    await page.get_by_role("button", name="Create account").click()
    await page.get_by_role("link", name="Settings").click()
    await expect(page.get_by_text("anna (Administrator)")).to_be_visible()


async def test_an_expired_login_is_asked_for_again_and_keeps_the_half_filled_form(site, open_page):
    page = await open_page(site, "#/id-tags", role=Role.TECHNICIAN)
    await page.get_by_role("button", name="Add tag").click()
    await page.get_by_label("Tag", exact=True).fill("CARD-77")
    await page.get_by_label("Note").fill("Anna's")
    await end_all_logins(site, Role.TECHNICIAN)
    await page.get_by_role("button", name="Save").click()
    again = page.get_by_role("dialog", name="Please log in again")
    await again.get_by_label("Password").fill(PASSWORD)
    await again.get_by_role("button", name="Log in").click()
    await expect(page.get_by_text("CARD-77 is saved.")).to_be_visible()
    tag = await site.get("/api/v1/id-tags/CARD-77")
    assert tag["note"] == "Anna's"


async def end_all_logins(site, role):
    """Void every token of an account, as a new password does."""
    answer = await site.ask("PATCH", f"/api/v1/users/the-{role}", {"active": False})
    assert answer.status == 200
    answer = await site.ask("PATCH", f"/api/v1/users/the-{role}", {"active": True})
    assert answer.status == 200


async def test_the_browsers_language_is_spoken_and_lang_overrides_it(site, open_page):
    german = await open_page(site, role=None, language="de-AT")
    await expect(german.get_by_role("button", name="Anmelden")).to_be_visible()
    assert await german.evaluate("document.documentElement.lang") == "de"
    english = await open_page(site, "?lang=en#/site", role=None, language="de-AT")
    await expect(english.get_by_role("button", name="Log in")).to_be_visible()
    unknown = await open_page(site, "?lang=xx", role=None, language="fr-FR")
    await expect(unknown.get_by_role("button", name="Log in")).to_be_visible()


async def test_a_language_more_is_a_file_more(site, open_page):
    french = CATALOGUES["en"] | {"login.submit": "Se connecter"}
    page = await open_page(site, role=None, language="fr-CH")
    await expect(page.get_by_role("button", name="Log in")).to_be_visible()
    await page.route("**/lang/fr.json", lambda route: route.fulfill(json=french))
    await page.reload()
    await expect(page.get_by_role("button", name="Se connecter")).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", "fr")
