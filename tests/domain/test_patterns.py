"""Patterns for makes and models."""

import pytest

from edge_csms.domain.patterns import matches


@pytest.mark.parametrize(
    ("text", "pattern"),
    [("Acme", "acme"), (" ACME Ltd ", "Acme*"), ("Box 7", "crate|box ?"), ("", "*"), (None, "*"), ("", ""), (None, "")],
)
def test_a_text_fits(text: str | None, pattern: str):
    assert matches(text, pattern)


@pytest.mark.parametrize(("text", "pattern"), [("Acme", ""), ("Acme Ltd", "Acme"), (None, "?*"), ("[a]", "[a]")])
def test_a_text_does_not_fit(text: str | None, pattern: str):
    assert not matches(text, pattern)
