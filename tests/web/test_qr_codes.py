"""QR codes over REST."""

import re

from edge_csms.domain.roles import Role


async def test_a_text_is_drawn_as_svg(site):
    body = {"text": "ws://192.168.1.20:8001/ocpp/BOX7"}
    answer = await site.ask("POST", "/api/v1/qr-codes", body, role=Role.VIEWER)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/svg+xml")
    assert re.match(rb"<svg [^>]*>.*</svg>\s*$", answer.body, re.DOTALL)
    assert b"script" not in answer.body


async def test_the_longest_text_of_the_widest_characters_fits(site):
    answer = await site.ask("POST", "/api/v1/qr-codes", {"text": "\U0001f600" * 500}, role=Role.VIEWER)
    assert answer.status == 200


async def test_what_can_not_be_drawn_is_refused(site):
    for text in ("", "x" * 501):
        answer = await site.ask("POST", "/api/v1/qr-codes", {"text": text}, role=Role.VIEWER)
        assert (answer.status, list(answer.json["errors"])) == (400, ["text"])


async def test_nobody_draws_without_a_login(site):
    assert (await site.ask("POST", "/api/v1/qr-codes", {"text": "x"}, role=None)).status == 401
