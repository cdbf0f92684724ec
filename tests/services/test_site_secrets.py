"""The secret files of a site: in every backup, and on the next box."""

import base64
import shutil
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge_csms.domain.errors import Invalid
from edge_csms.domain.model import Registration
from edge_csms.services import recovery_code, settings, site_secrets
from edge_csms.services.certificate_authority import CertificateAuthority
from edge_csms.services.secret_file import SecretFile
from edge_csms.storage import backups, charge_points
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def old_box(tmp_path: Path) -> Path:
    """Give the data directory of a site with keys and certificates."""
    directory = tmp_path / "old"
    directory.mkdir()
    SecretFile(directory).key("token_key")
    CertificateAuthority(directory, "Depot").root_pem()
    return directory


@pytest.fixture
def new_box(tmp_path: Path) -> Path:
    directory = tmp_path / "new"
    directory.mkdir()
    return directory


async def backup_of(database: Database, box: Path) -> Path:
    await database.run(site_secrets.keep, box)
    copy = box.parent / "copy.db"
    copy.unlink(missing_ok=True)
    backups.write(database.path, copy)
    return copy


async def test_with_the_code_another_box_is_the_same_site(database: Database, old_box: Path, new_box: Path) -> None:
    copy = await backup_of(database, old_box)
    texts = site_secrets.open_in(copy, new_box, recovery_code.of_site(old_box))
    assert texts
    site_secrets.take_over(new_box, texts, NOW)
    assert SecretFile(new_box).key("token_key") == SecretFile(old_box).key("token_key")
    assert CertificateAuthority(new_box, "Depot").root_pem() == CertificateAuthority(old_box, "Depot").root_pem()
    assert recovery_code.of_site(new_box) == recovery_code.of_site(old_box)
    for path in [new_box / "secrets", *(new_box / "tls").iterdir()]:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_what_the_new_box_had_is_kept_beside(database: Database, old_box: Path, new_box: Path) -> None:
    SecretFile(new_box).key("token_key")
    mine = (new_box / "secrets").read_text()
    texts = site_secrets.open_in(await backup_of(database, old_box), new_box, recovery_code.of_site(old_box))
    assert texts
    site_secrets.take_over(new_box, texts, NOW)
    assert (new_box / "secrets.replaced-20261124T120000").read_text() == mine


async def test_nothing_of_the_secrets_can_be_read_in_a_backup(database: Database, old_box: Path) -> None:
    content = (await backup_of(database, old_box)).read_bytes()
    assert SecretFile(old_box).key("token_key").hex().encode() not in content
    assert recovery_code.of_site(old_box).encode() not in content
    assert b"PRIVATE KEY" not in content


async def test_without_the_code_they_are_lost_but_not_on_the_box_that_has_them(
    database: Database, old_box: Path, new_box: Path
) -> None:
    copy = await backup_of(database, old_box)
    assert site_secrets.open_in(copy, new_box, None) is None
    SecretFile(new_box).key("token_key")
    assert site_secrets.open_in(copy, new_box, None) is None
    assert site_secrets.open_in(copy, old_box, None) == {}


async def test_a_wrong_code_is_refused_and_so_is_one_where_nothing_is_sealed(
    database: Database, old_box: Path, new_box: Path
) -> None:
    bare = new_box / "bare.db"
    backups.write(database.path, bare)
    assert site_secrets.open_in(bare, new_box, None) == {}
    with pytest.raises(Invalid, match="holds no sealed secrets"):
        site_secrets.open_in(bare, new_box, recovery_code.of_site(old_box))
    with pytest.raises(Invalid, match="doesn't fit"):
        site_secrets.open_in(await backup_of(database, old_box), new_box, recovery_code.of_site(new_box))


async def test_they_are_sealed_anew_only_after_a_change(database: Database, old_box: Path) -> None:
    def sealed() -> str | None:
        site_secrets.keep(old_box)
        return settings.get(site_secrets.SEALED)

    first = await database.run(sealed)
    assert await database.run(sealed) == first
    shutil.rmtree(old_box / "tls")
    assert await database.run(sealed) != first


@pytest.mark.parametrize(
    "name", ["../evil.pem", "/etc/evil.pem", "tls/../../evil.pem", "files/evil.pem", "edge-csms.db"]
)
async def test_a_backup_names_no_other_files(database: Database, new_box: Path, name: str) -> None:
    code = recovery_code.of_site(new_box)
    sealed = base64.b64encode(recovery_code.seal({name: "text"}, code)).decode()
    await database.run(settings.put, site_secrets.SEALED, f"mark:{sealed}")
    crafted = new_box / "crafted.db"
    backups.write(database.path, crafted)
    with pytest.raises(Invalid, match="strange file"):
        site_secrets.open_in(crafted, new_box, code)


async def test_who_was_bound_to_what_is_lost_is_listed_until_seen_again(database: Database) -> None:
    def prepare() -> None:
        for charge_point_id, columns in (
            ("KEY", {"security_profile": 1, "credential": "x"}),
            ("TLS", {"security_profile": 2}),
            ("CERT", {"security_profile": 3}),
            ("TOKEN", {"token_id": "t"}),
        ):
            charge_points.add(charge_point_id, Registration.ACCEPTED, NOW, **columns)
        site_secrets.note(True, NOW)

    def affected() -> list[tuple[str, str]] | None:
        loss = site_secrets.find_loss()
        return None if loss is None else [(one.charge_point_id, one.reason) for one in loss.affected]

    assert await database.run(affected) is None
    await database.run(prepare)
    assert await database.run(affected) == [
        ("CERT", "client_certificate"),
        ("TLS", "root_certificate"),
        ("TOKEN", "token"),
    ]
    await database.run(charge_points.update, "TLS", {"last_seen": NOW + timedelta(minutes=1)})
    assert await database.run(affected) == [("CERT", "client_certificate"), ("TOKEN", "token")]
    await database.run(site_secrets.note, False, NOW)
    assert await database.run(affected) is None
