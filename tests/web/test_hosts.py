"""Which names are ours, and whose pages may change things."""

import pytest

from edge_csms.central.live import ReachedAt
from edge_csms.web.hosts import Hosts, name_of, reached_at


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("Box:8001", "box"),
        ("box", "box"),
        ("box.", "box"),
        ("[::1]:80", "::1"),
        ("[FE80::1]", "fe80::1"),
        ("10.0.0.1:1", "10.0.0.1"),
        ("", ""),
    ],
)
def test_the_name_is_what_remains_without_port_and_brackets(host: str, name: str) -> None:
    assert name_of(host) == name


@pytest.mark.parametrize("machine", ["gateway", "Gateway.example.com"])
def test_the_machines_name_is_ours_with_and_without_local(machine: str) -> None:
    hosts = Hosts(machine=machine)
    assert all(hosts.answers_to(name) for name in (machine, "gateway:8001", "GATEWAY.local", "localhost"))


@pytest.mark.parametrize("host", ["example.com", "gateway.example.com", "1.2.3", "localhost.evil.com", "[box]", ""])
def test_other_names_are_not_ours(host: str) -> None:
    assert not Hosts(machine="gateway").answers_to(host)


def test_configured_names_are_ours_too_and_their_pages_trusted_behind_a_proxy() -> None:
    hosts = Hosts(["Charging.example.com"], machine="gateway")
    assert hosts.answers_to("charging.example.com:443")
    assert hosts.trusts_origin("https://charging.example.com", "10.0.0.5:8001")
    assert not hosts.trusts_origin("https://example.com", "10.0.0.5:8001")


def test_an_address_may_be_ours_but_its_other_ports_are_other_origins() -> None:
    hosts = Hosts(machine="gateway")
    assert hosts.trusts_origin("http://10.0.0.5:8001", "10.0.0.5:8001")
    assert not hosts.trusts_origin("http://10.0.0.5:9000", "10.0.0.5:8001")
    assert not hosts.trusts_origin("null", "10.0.0.5:8001")
    assert not hosts.trusts_origin("", "")


@pytest.mark.parametrize(
    ("host", "local", "found"),
    [
        ("box:9000", ("10.0.0.5", 8001), ReachedAt("http", "box", 9000)),
        ("box", ("10.0.0.5", 8001), ReachedAt("http", "box", 8001)),
        ("[fe80::1]:9000", ("fe80::1", 8001, 0, 0), ReachedAt("http", "[fe80::1]", 9000)),
        ("", ("10.0.0.5", 8001), ReachedAt("http", "10.0.0.5", 8001)),
        ("", ("::ffff:10.0.0.5", 8001, 0, 0), ReachedAt("http", "10.0.0.5", 8001)),
        ("", ("fe80::1", 8001, 0, 0), ReachedAt("http", "[fe80::1]", 8001)),
        ("box/path?x", ("10.0.0.5", 8001), ReachedAt("http", "10.0.0.5", 8001)),
    ],
)
def test_a_caller_finds_us_again_where_it_found_us(host: str, local: tuple[object, ...], found: ReachedAt) -> None:
    assert reached_at("http", host, local) == found
