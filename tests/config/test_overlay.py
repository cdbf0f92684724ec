"""What the page has changed lies over the defaults, and never over the file."""

from pathlib import Path

import pytest

from edge_csms.config import Config, ConfigError, load
from edge_csms.config.overlay import AT_ONCE, NETWORK, get, lay_over, limits_of, list_keys, with_values


def faults_of(values: dict[str, object], config: Config = Config()) -> list[str]:  # noqa: B008 - it is frozen
    with pytest.raises(ConfigError) as caught:
        with_values(config, values)
    return [str(fault) for fault in caught.value.faults]


def test_values_take_the_place_of_defaults() -> None:
    config = with_values(Config(), {"site.name": "Depot", "server.allowed_hosts": ["a", "b"], "tls.port": 9443})
    assert (config.site.name, config.server.allowed_hosts, config.tls.port) == ("Depot", ("a", "b"), 9443)


def test_every_wrong_value_is_told_by_its_key() -> None:
    assert faults_of({"site.name": "", "tls.port": "8443", "ocpp.validation": "strickt", "a.b": 1}) == [
        'site.name: must be a text of one line, not empty, not ""',
        'tls.port: must be a whole number from 0 to 65535, not "8443" (write it without quotes)',
        'ocpp.validation: must be "strict" or "tolerant", not "strickt" (did you mean strict?)',
        "a.b: is no known key",
    ]


def test_what_only_the_file_sets_is_refused() -> None:
    assert faults_of({"storage.data_dir": "/"}) == ["storage.data_dir: can't be changed here"]


def test_values_that_do_not_go_together_are_refused() -> None:
    assert faults_of({"tls.enabled": True, "tls.port": 8001})[0].startswith("server.port: gives both ports the number")
    assert faults_of({"site.timezone": "Berlin"})[0].endswith("(did you mean Europe/Berlin?)")


def test_what_the_file_sets_counts(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[site]\nname = "From the file"\n')
    stored = {"site.name": "From the page", "site.timezone": "Europe/Berlin"}
    config, used, faults = lay_over(load(file, {}), stored)
    assert (config.site.name, config.site.timezone, faults) == ("From the file", "Europe/Berlin", [])
    assert used == {"site.timezone": "Europe/Berlin"}
    assert config.given == {"site.name": f"{file}, line 2"}


def test_what_can_not_be_used_any_more_is_left_out_and_told() -> None:
    stored = {"site.name": "Depot", "ocpp.validation": "lenient", "of.another": 1}
    config, _, faults = lay_over(Config(), stored)
    assert config == with_values(Config(), {"site.name": "Depot"})
    assert [fault.place for fault in faults] == ["ocpp.validation", "of.another"]


def test_of_a_network_setting_that_can_not_be_used_nothing_stays() -> None:
    stored = {"server.port": 80, "tls.enabled": True, "tls.certificate": "/gone.pem", "tls.key": "/gone.key"}
    config, _, faults = lay_over(Config(), {**stored, "site.name": "Depot"})
    assert config == with_values(Config(), {"site.name": "Depot"})
    assert {fault.place for fault in faults} == {"tls.certificate", "tls.key"}


def test_every_key_that_the_page_may_change_exists_and_has_words() -> None:
    kinds = dict(list_keys())
    assert kinds.keys() >= NETWORK | AT_ONCE
    assert get(Config(), "server.allowed_hosts") == []
    assert limits_of(kinds["ocpp.validation"]) == (("strict", "tolerant"), None, None)
    assert limits_of(kinds["tls.port"]) == (None, 0, 65535)
    assert limits_of(kinds["site.name"]) == (None, None, None)
