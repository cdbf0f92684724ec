"""Which certificates end soon, and how that is said."""

from datetime import UTC, datetime, timedelta

import pytest

from edge_csms.domain.certificates import ACT_WITHIN, CertificateUse, KnownCertificate, warning

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def ending(days: float, use: CertificateUse = CertificateUse.SERVER, subject: str = "CN=box") -> KnownCertificate:
    return KnownCertificate(use, subject, NOW + timedelta(days=days))


@pytest.mark.parametrize("use", CertificateUse)
def test_each_use_has_its_own_time_to_act(use: CertificateUse) -> None:
    days = ACT_WITHIN[use].days
    assert [ending(left, use).ends_soon(NOW) for left in (-1, days - 1, days + 1)] == [True, True, False]


def test_whoever_must_visit_chargers_is_told_long_before() -> None:
    assert ACT_WITHIN[CertificateUse.ROOT] > ACT_WITHIN[CertificateUse.CHARGE_POINT_ROOT]
    assert ACT_WITHIN[CertificateUse.CHARGE_POINT_ROOT] > ACT_WITHIN[CertificateUse.SERVER]


def test_the_warning_names_the_first_and_counts_the_others() -> None:
    assert warning([], NOW) == ""
    assert warning([ending(40)], NOW) == ""
    assert warning([ending(40), ending(10)], NOW) == "the server certificate CN=box ends on 2026-12-04"
    root = ending(-1, CertificateUse.CHARGE_POINT_ROOT, "CN=Maker")
    assert warning([ending(10), root], NOW) == (
        "the charge point root certificate CN=Maker ended on 2026-11-23, and 1 more end soon"
    )
