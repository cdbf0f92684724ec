"""Names and passwords that are good enough, and others."""

import pytest

from edge_csms.domain.accounts import email_faults, password_faults, username_faults


@pytest.mark.parametrize("username", ["tech", "k", "a.b+c@d-e_f", "Jürgen", "x" * 150])
def test_a_usual_name_has_no_faults(username: str) -> None:
    assert username_faults(username) == []


@pytest.mark.parametrize("username", ["", " ", "a b", "a/b", "<b>", "a\n", "a\x00", "x" * 151, "=cmd|x"])
def test_a_name_that_could_break_a_path_a_page_or_a_log_has_one(username: str) -> None:
    assert username_faults(username) != []


def test_a_password_is_told_all_its_faults_in_order() -> None:
    assert password_faults("123", "tech") == [
        "This password is too short. It must contain at least 8 characters.",
        "This password is too common.",
        "This password is entirely numeric.",
    ]


@pytest.mark.parametrize(
    ("password", "username", "word"),
    [
        ("Passw0rd", "tech", "common"),
        ("QWERTZ123", "tech", "common"),
        ("7391046285", "tech", "numeric"),
        ("technician1", "technician", "similar"),
        ("TECHNICIANS", "technician", "similar"),
        ("naicinhcet", "technician", None),
        ("x" * 1025, "tech", "long"),
        ("correct horse battery", "tech", None),
        ("Volt-Ampere-9", "tech", None),
        ("paßwörter-sind-toll", "ab", None),
    ],
)
def test_a_password_that_is_easily_guessed_has_a_fault(password: str, username: str, word: str | None) -> None:
    faults = password_faults(password, username)
    assert [word in fault for fault in faults] == ([] if word is None else [True])


def test_an_address_needs_two_sides() -> None:
    assert email_faults("") == email_faults("k@box") == []
    assert all(email_faults(email) for email in ("k", "k@", "@box", "a b@box", "k@b@c", "k@" + "x" * 260))
