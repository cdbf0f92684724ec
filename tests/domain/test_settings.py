"""Settings as people see them."""

from edge_csms.domain.settings import Network


def test_people_reach_an_encrypted_port_where_there_is_one() -> None:
    assert Network("0.0.0.0", 8001, tls=False, tls_port=0).scheme == "http"
    assert Network("0.0.0.0", 8001, tls=True, tls_port=8443).scheme == "https"
