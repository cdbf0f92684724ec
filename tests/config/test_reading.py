"""Reading settings: all faults at once, each with its place; the environment overrides the file."""

import pytest

from edge_csms.config import Config, ConfigError, load, reading


@pytest.fixture
def faults_of(tmp_path):
    """A function that returns the faults of a file's text and an environment, one line each."""

    def faults(text, environment=None):
        with pytest.raises(ConfigError) as caught:
            load(written(tmp_path, text), environment or {})
        assert str(caught.value) == "\n".join(map(str, caught.value.faults))
        return [str(fault).replace(f"{tmp_path}/", "") for fault in caught.value.faults]

    return faults


def written(directory, text):
    path = directory / "config.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_without_a_file_the_defaults_hold(monkeypatch, tmp_path):
    monkeypatch.setattr(reading, "SYSTEM_FILE", tmp_path / "absent.toml")
    assert load(None, {}) == Config()


def test_without_a_path_the_systems_file_is_read_and_the_data_lie_in_the_systems_directory(monkeypatch, tmp_path):
    monkeypatch.setattr(reading, "SYSTEM_FILE", written(tmp_path, "[server]\nport = 9000\n"))
    config = load(None, {})
    assert (config.server.port, config.storage.data_dir) == (9000, "/var/lib/edge-csms")
    assert set(config.given) == {"server.port"}


def test_every_section_of_a_file_is_read(tmp_path):
    text = """
        [site]
        name = "Depot Süd"
        timezone = "Europe/Berlin"
        [server]
        allowed_hosts = ["csms.example.org", "box"]
        [tls]
        enabled = true
        [storage]
        patient_commit_seconds = 1
        [ocpp]
        new_charge_points = "accept"
        [auth]
        access_token_minutes = 60
    """
    config = load(written(tmp_path, text), {})
    assert (config.site.name, config.site.timezone) == ("Depot Süd", "Europe/Berlin")
    assert config.server.allowed_hosts == ("csms.example.org", "box")
    assert config.tls.enabled is True
    assert config.storage.patient_commit_seconds == 1.0
    assert config.ocpp.new_charge_points == "accept"
    assert config.auth.access_token_minutes == 60
    assert len(config.given) == 7


def test_all_faults_are_told_at_once_each_with_its_line(faults_of):
    text = """[server]
port = "8001"
prot = 9

[ocpp]
new_charge_points = "acept"
heartbeat_interval_seconds = 0
"""
    assert faults_of(text) == [
        'config.toml, line 2: server.port must be a whole number from 0 to 65535, not "8001" (write it without quotes)',
        "config.toml, line 3: server.prot is no known key (did you mean port?)",
        'config.toml, line 6: ocpp.new_charge_points must be "accept" or "approve" or "reject", not "acept" '
        "(did you mean accept?)",
        "config.toml, line 7: ocpp.heartbeat_interval_seconds must be a whole number from 1 to 86400 (seconds), not 0",
    ]


def test_an_unknown_section_is_a_fault(faults_of):
    assert faults_of("[serve]\nport = 1\n") == [
        'config.toml, line 1: "serve" is no known section (did you mean server?)'
    ]


def test_a_key_before_any_section_is_a_fault_that_names_its_section(faults_of):
    (fault,) = faults_of('\ntimezone = "UTC"\n')
    assert fault == 'config.toml, line 2: "timezone" is no known section (timezone belongs to [site], below that line)'


def test_a_section_written_as_a_value_is_a_fault(faults_of):
    (fault,) = faults_of("server = 8001")
    assert fault == "config.toml, line 1: server must be a section (write [server], and its keys below that line)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("server.port = true", "config.toml, line 1: server.port must be"),
        ("# one\nserver = { host = 1, port = 2 }", "config.toml, line 2: server.host must be"),
        ('["server"]\n"port" = -1', "config.toml, line 2: server.port must be"),
        ("[server] # the port\n\n  port=-1", "config.toml, line 3: server.port must be"),
        ("[[server]]\nport = 1", "config.toml: server must be a section"),
        ("\nserve.port = 1", 'config.toml, line 2: "serve" is no known section'),
    ],
)
def test_the_line_is_found_however_the_key_is_written(faults_of, text, expected):
    (fault,) = faults_of(text)
    assert fault.startswith(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[site]\nname = My depot\n", "line 2: is not TOML: invalid value (a text stands in quotes: "),
        ("[server]\nport = 1\nport = 2\n", "line 3: is not TOML: cannot overwrite a value"),
        ("[server\n", "line 1: is not TOML: "),
        (b"[site]\nname = '\xfc'\n", "line 2: is not UTF-8 text (save the file as UTF-8)"),
        ("[server]\nport = " + "9" * 5000, ": is not TOML: exceeds the limit"),
        ("a = " + "[" * 5000, ": is nested too deeply"),
    ],
)
def test_a_file_that_is_no_toml_is_one_fault_with_its_line(faults_of, text, expected):
    (fault,) = faults_of(text)
    assert expected in fault
    assert "\n" not in fault


def test_a_byte_order_mark_is_no_fault(tmp_path):
    assert load(written(tmp_path, b"\xef\xbb\xbf[server]\r\nport = 9000\r\n"), {}).server.port == 9000


def test_a_file_that_is_not_there_is_a_fault(tmp_path):
    with pytest.raises(ConfigError, match=r"absent.toml: can't be read: No such file or directory"):
        load(tmp_path / "absent.toml", {})


def test_a_directory_as_file_is_a_fault(tmp_path):
    with pytest.raises(ConfigError, match="can't be read: Is a directory"):
        load(tmp_path, {})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("site.name", '""'),
        ("site.name", '" "'),
        ("site.name", r'"a\nb"'),
        ("server.host", '"http://box"'),
        ("server.port", "65536"),
        ("server.port", "80.5"),
        ("server.allowed_hosts", '["http://box"]'),
        ("server.allowed_hosts", '"box"'),
        ("tls.enabled", '"yes"'),
        ("tls.certificate", r'"a\u0000b"'),
        ("storage.data_dir", '""'),
        ("storage.patient_commit_seconds", "1.5"),
        ("storage.patient_commit_seconds", "nan"),
        ("ocpp.validation", '"Strict"'),
        ("ocpp.call_timeout_seconds", "inf"),
        ("auth.access_token_minutes", "2026-01-01"),
    ],
)
def test_a_value_that_does_not_fit_is_one_fault(faults_of, key, value):
    (fault,) = faults_of(f"{key} = {value}")
    assert fault.startswith(f"config.toml, line 1: {key} must be ")


def test_the_environment_overrides_the_file(tmp_path):
    environment = {
        "EDGE_CSMS_SERVER_PORT": "9001",
        "EDGE_CSMS_SERVER_ALLOWED_HOSTS": "box, csms.example.org",
        "EDGE_CSMS_TLS_ENABLED": "true",
        "EDGE_CSMS_STORAGE_PATIENT_COMMIT_SECONDS": "0.5",
        "EDGE_CSMS_SITE_NAME": "8001",
    }
    config = load(written(tmp_path, "[server]\nport = 9000\n"), environment)
    assert config.server.port == 9001
    assert config.server.allowed_hosts == ("box", "csms.example.org")
    assert config.tls.enabled is True
    assert config.storage.patient_commit_seconds == 0.5
    assert config.site.name == "8001"


def test_faults_of_the_environment_name_the_variable(faults_of):
    environment = {"EDGE_CSMS_SERVER_PORT": "high", "EDGE_CSMS_SERVER_PROT": "1", "EDGE_CSMS_AUTH_REGISTRATION": "opn"}
    assert faults_of("", environment) == [
        'environment variable EDGE_CSMS_AUTH_REGISTRATION: auth.registration must be "approval" or "closed" or "open", '
        'not "opn" (did you mean open?)',
        'environment variable EDGE_CSMS_SERVER_PORT: server.port must be a whole number from 0 to 65535, not "high"',
        "environment variable EDGE_CSMS_SERVER_PROT: server.prot is no known key (did you mean port?)",
    ]


def test_variables_that_name_no_section_belong_to_others():
    others = {"EDGE_CSMS_SERVICE_HOST": "10.0.0.1", "EDGE_CSMS_PORT": "tcp://10.0.0.1", "SERVER_PORT": "x"}
    assert load(None, others) == Config()


def test_an_unknown_time_zone_is_a_fault_that_knows_the_city(faults_of):
    assert faults_of('[site]\ntimezone = "Berlin"\n') == [
        'config.toml, line 2: site.timezone names no time zone: "Berlin" (did you mean Europe/Berlin?)'
    ]


@pytest.mark.parametrize("zone", ["Europe", "../etc/passwd", "/etc/localtime", "Europe/Berlín"])
def test_what_is_no_time_zone_is_a_fault(faults_of, zone):
    (fault,) = faults_of(f'site.timezone = "{zone}"')
    assert "names no time zone" in fault


def test_a_certificate_needs_its_key_and_both_must_be_there(faults_of, tmp_path):
    (tmp_path / "cert.pem").touch()
    assert faults_of(f'[tls]\ncertificate = "{tmp_path}/cert.pem"\nclient_ca = "/nowhere/ca.pem"\n') == [
        "config.toml, line 2: tls.certificate is set, but tls.key is not (set both, or neither to use the box's own)",
        'config.toml, line 3: tls.client_ca names no file: "/nowhere/ca.pem"',
    ]


def test_both_ports_must_differ(faults_of):
    (fault,) = faults_of("[server]\nport = 8443\n[tls]\nenabled = true\n")
    assert fault.startswith("config.toml, line 2: server.port gives both ports the number 8443")


def test_ports_that_the_system_chooses_do_not_clash(tmp_path):
    assert load(written(tmp_path, "server.port = 0\ntls.port = 0\ntls.enabled = true\n"), {}).tls.port == 0


def test_a_path_that_cannot_be_looked_at_is_left_to_the_server(tmp_path):
    name = "n" * 300  # longer than file systems allow; for others than root a closed directory does the same
    text = f'storage.data_dir = "{name}"\n[tls]\ncertificate = "{name}"\nkey = "{name}"\n'
    assert load(written(tmp_path, text), {}).tls.key == name


def test_a_data_directory_that_is_a_file_is_a_fault(faults_of, tmp_path):
    (tmp_path / "data").touch()
    (fault,) = faults_of(f'storage.data_dir = "{tmp_path}/data"')
    assert "storage.data_dir must be a directory" in fault
