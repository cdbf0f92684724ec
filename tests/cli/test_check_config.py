"""`check-config`: faults with line and key, exit code 2; or none."""


def test_without_a_file_there_are_no_faults(edge_csms):
    done = edge_csms("check-config")
    assert (done.returncode, done.stdout, done.stderr) == (0, "no faults\n", "")


def test_three_faults_are_three_lines(edge_csms, tmp_path):
    (tmp_path / "c.toml").write_text('[server]\nport = "8001"\nprot = 1\n[ocpp]\nvalidation = "loose"\n')
    done = edge_csms("check-config", "--config", "c.toml")
    lines = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (2, "")
    assert [line.partition(" must")[0] for line in lines] == [
        "c.toml, line 2: server.port",
        "c.toml, line 3: server.prot is no known key (did you mean port?)",
        "c.toml, line 5: ocpp.validation",
    ]


def test_the_environment_is_checked_too(complaint, environment):
    environment["EDGE_CSMS_SERVER_PORT"] = "x"
    assert complaint("check-config", code=2).startswith("environment variable EDGE_CSMS_SERVER_PORT: ")


def test_every_command_that_reads_settings_ends_at_their_faults(complaint, tmp_path):
    (tmp_path / "c.toml").write_text("[server]\nport = -1\n")
    for command in (["serve"], ["user", "list"], ["backup", "copy"]):
        assert complaint(*command, "--config", "c.toml", code=2).startswith("c.toml, line 2: server.port must be")
