"""What the site decides about its charge points, where the configuration says nothing."""

from datetime import timedelta

from edge_csms.central.settings import CentralSettings, FileSettings


def test_the_defaults_are_those_of_the_documentation() -> None:
    settings = CentralSettings()
    assert (settings.heartbeat_interval_seconds, settings.call_timeout_seconds) == (300, 30)
    assert (settings.new_charge_points, settings.accept_unknown_id_tags, settings.strict) == ("approve", False, False)


def test_files_are_bounded() -> None:
    settings = FileSettings()
    assert settings.upload_bytes < settings.image_bytes < settings.total_bytes
    assert settings.kept == timedelta(days=30)
