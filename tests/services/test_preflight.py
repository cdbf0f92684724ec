"""What of a machine hinders the server is found, and said with what mends it."""

import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge_csms.services import preflight
from edge_csms.services.certificate_making import BORN
from edge_csms.services.preflight import Check, Port, Verdict

NOW = BORN + timedelta(days=400)
MOUNTS = """\
21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
22 21 0:5 / /mnt/nas\\040one rw - nfs4 nas:/volume rw
23 21 0:6 / /var/tmp rw - tmpfs tmpfs rw
24 21 0:7 / /var/tmp rw - vfat /dev/sdb1 rw
"""


@pytest.fixture
def mounts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let the system have other mounts; the kernel's own table can't be had otherwise without root."""
    (tmp_path / "mountinfo").write_text(MOUNTS)
    monkeypatch.setattr(preflight, "MOUNTS", tmp_path / "mountinfo")


def found(checks: list[Check], name: str) -> Check:
    return next(check for check in checks if check.name == name)


def test_a_sound_machine_has_no_faults(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    checks = preflight.inspect(tmp_path, [], ["192.0.2.1"], NOW)
    assert [check for check in checks if check.verdict == Verdict.FAULT] == []
    assert found(checks, "data directory") == Check("data directory", Verdict.OK, str(tmp_path))
    assert found(checks, "addresses").words == "192.0.2.1"


def test_a_directory_that_is_yet_to_be_made_is_judged_by_its_parent(tmp_path: Path) -> None:
    check = found(preflight.inspect(tmp_path / "new" / "one", [], [], NOW), "data directory")
    assert (check.verdict, check.words) == (Verdict.OK, str(tmp_path / "new" / "one"))


def test_a_directory_that_others_may_look_into_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    check = found(preflight.inspect(tmp_path, [], [], NOW), "data directory")
    assert (check.verdict, check.fix) == (Verdict.WARNING, f"chmod 700 {tmp_path}")


@pytest.mark.usefixtures("mounts")
@pytest.mark.parametrize(
    ("path", "kind", "verdict"),
    [
        ("/srv/data", "ext4", Verdict.OK),
        ("/mnt/nas one/data", "nfs4", Verdict.FAULT),
        ("/mnt/nas", "ext4", Verdict.OK),
        ("/var/tmp/x", "vfat", Verdict.WARNING),
    ],
)
def test_the_file_system_under_the_data_is_judged(path: str, kind: str, verdict: Verdict) -> None:
    assert preflight.file_system_of(Path(path)) == kind
    assert preflight.check_file_system(Path(path)).verdict == verdict


def test_a_clock_before_the_program_is_wrong() -> None:
    check = preflight.check_clock(datetime(1970, 1, 1, tzinfo=UTC))
    assert (check.verdict, check.words) == (
        Verdict.FAULT,
        "it says 1970-01-01 00:00, which is before this program was made",
    )
    assert preflight.check_clock(NOW).verdict == Verdict.OK


def test_a_port_in_use_is_told_and_that_of_this_server_is_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        number = other.getsockname()[1]
        taken = preflight.check_port(Port("[tls] port", "127.0.0.1", number, ours=False))
        ours = preflight.check_port(Port("[tls] port", "127.0.0.1", number, ours=True))
    assert str(taken) == (f"fault    port {number}: another program uses it (change [tls] port, or stop that program)")
    assert ours.verdict == Verdict.OK
    elsewhere = preflight.check_port(Port("[tls] port", "192.0.2.77", 0, ours=False))
    assert (elsewhere.verdict, elsewhere.fix) == (Verdict.FAULT, "change [server] host")


def test_a_privileged_port_is_explained() -> None:
    words, fix = preflight.explain_port(PermissionError(13, "no"), Port("[server] port", "0.0.0.0", 80, ours=False))
    assert words == "ports below 1024 are for privileged programs"
    assert "CAP_NET_BIND_SERVICE" in fix


def test_a_box_without_an_address_is_told() -> None:
    assert found(preflight.inspect(Path("/"), [], [], NOW), "addresses").verdict == Verdict.WARNING


def test_own_addresses_are_those_that_others_can_use() -> None:
    addresses = preflight.own_addresses()
    assert not {"127.0.0.1", "::1"} & set(addresses)
