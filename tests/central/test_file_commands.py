"""Where chargers are sent for their files; the orders themselves are in tests/scenarios/test_firmware.py."""

from datetime import UTC, datetime

import pytest

from edge_csms.central.file_commands import file_url, without_secrets
from edge_csms.central.live import ReachedAt
from edge_csms.domain.file_jobs import FileJob, FileJobKind, FileJobState

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def a_job(kind: FileJobKind, file_name: str | None = None) -> FileJob:
    return FileJob(
        job_id=7,
        charge_point_key=1,
        charge_point_id="CP1",
        kind=kind,
        state=FileJobState.REQUESTED,
        asked_by="anna",
        asked_at=NOW,
        changed_at=NOW,
        deadline=NOW,
        file_name=file_name,
    )


@pytest.mark.parametrize(
    ("reached_at", "url"),
    [
        (ReachedAt("http", "192.0.2.1", 8001), "http://192.0.2.1:8001/files/token/fw%201.bin"),
        (ReachedAt("https", "box.example", 443), "https://box.example/files/token/fw%201.bin"),
        (ReachedAt("http", "[2001:db8::1]", 80), "http://[2001:db8::1]/files/token/fw%201.bin"),
        (ReachedAt("http", "box.example", 443), "http://box.example:443/files/token/fw%201.bin"),
        (ReachedAt("ftp", "box.example", 21), "ftp://job7:token@box.example/fw%201.bin"),
        (ReachedAt("ftp", "box.example", 2121), "ftp://job7:token@box.example:2121/fw%201.bin"),
    ],
)
def test_firmware_has_its_name_in_the_url(reached_at: ReachedAt, url: str) -> None:
    assert file_url(reached_at, a_job(FileJobKind.FIRMWARE, "fw 1.bin"), "token") == url


def test_uploads_go_into_a_folder_so_that_chargers_add_their_own_name() -> None:
    job = a_job(FileJobKind.DIAGNOSTICS, "old.zip")
    assert file_url(ReachedAt("http", "box", 8001), job, "token") == "http://box:8001/files/token/"
    assert file_url(ReachedAt("ftp", "box", 2121), job, "token") == "ftp://job7:token@box:2121/"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("http://files.example/a/b.bin", "http://files.example/a/b.bin"),
        ("ftp://me:secret@files.example:2121/a", "ftp://files.example:2121/a"),
        ("https://files.example/a?token=secret#part", "https://files.example/a"),
        ("me:secret@files.example/a", "files.example/a"),
        ("ftp://me:secret@[::1/a", "(no URL)"),
        ("", ""),
    ],
)
def test_what_is_kept_of_a_typed_location_holds_no_secret(typed: str, kept: str) -> None:
    assert without_secrets(typed) == kept
