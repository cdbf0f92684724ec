"""`welcome`: a new administrator is told where to go and what to type there."""

import re
import socket

from edge_csms.services.setup_code import SetupCode


def test_a_new_site_tells_its_address_and_the_code_that_the_server_will_take(edge_csms, environment, tmp_path):
    environment |= {"EDGE_CSMS_STORAGE_DATA_DIR": str(tmp_path / "data")}
    told = edge_csms("welcome").stdout
    assert f"http://{socket.gethostname().partition('.')[0]}.local:8001/\n" in told
    found = re.search(r"set-up code ([\w-]+),", told)
    assert found
    assert SetupCode(tmp_path / "data").prepare(accounts_exist=False) == found[1]
    assert edge_csms("welcome").stdout == told


def test_an_address_that_was_chosen_is_the_only_one(edge_csms, environment):
    environment |= {"EDGE_CSMS_SERVER_HOST": "127.0.0.1", "EDGE_CSMS_TLS_ENABLED": "true", "EDGE_CSMS_TLS_PORT": "443"}
    pages = [line for line in edge_csms("welcome").stdout.splitlines() if "https://" in line]
    assert pages == ["admin page: https://127.0.0.1:443/"]


def test_a_site_with_an_account_has_no_code(edge_csms):
    added = edge_csms("user", "add", "anna", "--role", "admin", "--password-stdin", stdin="Volt-Ampere-9\n")
    assert added.returncode == 0
    assert "there is an account already" in edge_csms("welcome").stdout


def test_a_site_that_is_served_still_tells_its_code(edge_csms, server):
    assert server
    assert re.search(r"set-up code [\w-]+,", edge_csms("welcome").stdout)
