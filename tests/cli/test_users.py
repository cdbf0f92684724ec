"""`user`: accounts made, listed and removed without a server, and what is refused."""

import subprocess
import sys

import pytest

from tests.cli.conftest import COMMAND

PASSWORD = "charge-it-up"


@pytest.fixture
def admin(edge_csms):
    """The site's first account."""
    done = edge_csms("user", "add", "anna", "--role", "admin", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "user anna added, role admin\n", "")
    return "anna"


def test_accounts_are_made_listed_and_removed(edge_csms, admin):
    edge_csms("user", "add", "bert", "--role", "viewer", "--password-stdin", stdin=PASSWORD)
    assert edge_csms("user", "list").stdout == "anna  admin       active\nbert  viewer      active\n"
    assert edge_csms("user", "remove", "bert").stdout == "user bert removed\n"
    assert edge_csms("user", "list").stdout == "anna  admin       active\n"


def test_accounts_are_managed_while_the_server_runs(edge_csms, server):
    edge_csms("user", "add", "anna", "--role", "admin", "--password-stdin", stdin=PASSWORD)
    assert edge_csms("user", "passwd", "anna", "--password-stdin", stdin="another-long-one").returncode == 0
    assert edge_csms("user", "list").stdout == "anna  admin       active\n"


def test_refusals_are_the_same_while_the_server_runs(complaint, server):
    assert "too short" in complaint("user", "add", "anna", "--role", "admin", "--password-stdin", stdin="1234\n")
    assert "bert" in complaint("user", "remove", "bert")


def test_a_password_is_set(edge_csms, admin):
    done = edge_csms("user", "passwd", admin, "--password-stdin", stdin="another-long-one\r\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "password of anna set\n", "")


def test_a_new_site_has_no_accounts(edge_csms):
    done = edge_csms("user", "list")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_name_that_is_taken_is_refused(complaint, admin):
    assert "already exists" in complaint("user", "add", "Anna", "--role", "viewer", "--password-stdin", stdin=PASSWORD)


def test_a_weak_password_is_refused(complaint):
    assert "too short" in complaint("user", "add", "anna", "--role", "admin", "--password-stdin", stdin="1234\n")


def test_an_unknown_user_is_told(complaint, admin):
    assert "bert" in complaint("user", "remove", "bert")
    assert "bert" in complaint("user", "passwd", "bert", "--password-stdin", stdin=PASSWORD)


def test_the_last_administrator_stays(complaint, admin):
    assert "last" in complaint("user", "remove", admin)


@pytest.mark.parametrize("stdin", ["", "\n"])
def test_without_a_password_on_standard_input_nothing_is_done(complaint, stdin):
    said = complaint("user", "add", "anna", "--role", "admin", "--password-stdin", stdin=stdin)
    assert said == "edge-csms: standard input holds no password"


def test_without_a_terminal_the_way_around_is_told(complaint):
    assert complaint("user", "add", "anna", "--role", "admin").endswith("add --password-stdin")


@pytest.mark.parametrize(
    ("again", "said"), [(PASSWORD, "user anna added, role admin"), ("slip", "the two passwords differ")]
)
def test_on_a_terminal_the_password_is_asked_for_twice_and_never_shown(tmp_path, environment, again, said):
    terminal = [sys.executable, "-c", "import pty, sys; pty.spawn(sys.argv[1:])", *COMMAND]
    with subprocess.Popen(
        [*terminal, "user", "add", "anna", "--role", "admin"],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        seen = b""
        for prompt, answer in ((b"Password for anna: ", PASSWORD), (b"The same again: ", again)):
            while not seen.endswith(prompt):
                seen += process.stdout.read(1) or pytest.fail(f"ended at {seen!r}")
            process.stdin.write(answer.encode() + b"\n")
            process.stdin.flush()
        seen += process.stdout.read()
    assert said in seen.decode()
    assert PASSWORD not in seen.decode()
