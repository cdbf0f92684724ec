"""The list of passwords that everybody tries first."""

from edge_csms.domain.common_passwords import COMMON_PASSWORDS


def test_the_list_holds_what_is_tried_first_in_the_form_in_which_it_is_looked_up() -> None:
    assert {"123", "password", "admin123", "qwertz", "wallbox1"} <= COMMON_PASSWORDS
    assert all(word == word.casefold() for word in COMMON_PASSWORDS)
