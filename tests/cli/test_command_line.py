"""Every command explains itself, and every fault of a user is one line and an exit code."""

import argparse
import subprocess

import pytest

from edge_csms.cli.command_line import build_parser, main
from tests.cli.conftest import COMMAND


def parsers_of(parser):
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                yield from parsers_of(child)


PARSERS = {parser.prog: parser for parser in parsers_of(build_parser())}


def test_the_commands_are_those_that_users_rely_on():
    promised = {"serve", "check-config", "backup", "restore", "simulate", "version"}
    promised |= {f"user {action}" for action in ("add", "list", "passwd", "remove")}
    assert {f"edge-csms {command}" for command in promised} <= set(PARSERS)


@pytest.mark.parametrize("command", PARSERS)
def test_every_command_and_every_argument_is_explained(command):
    parser = PARSERS[command]
    assert parser.description
    for action in parser._actions:
        assert action.help or isinstance(action, argparse._SubParsersAction), action


@pytest.mark.parametrize("command", PARSERS)
def test_help_is_printed(command, capsys):
    with pytest.raises(SystemExit, match="0"):
        main([*command.split()[1:], "--help"])
    assert capsys.readouterr().out.startswith(f"usage: {command}")


@pytest.mark.parametrize(
    "arguments", [[], ["serv"], ["serve", "--prot", "1"], ["user"], ["user", "add", "x", "--role", "root"]]
)
def test_wrong_arguments_are_one_line_that_points_to_help(arguments, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("edge-csms")
    assert said.err.endswith(" --help)\n")
    assert said.err.count("\n") == 1


def test_a_failure_of_the_system_is_one_line_with_the_file_s_name(complaint):
    name = "long" * 100
    assert complaint("restore", name).endswith(f"/{name}: File name too long")


def test_a_reader_that_leaves_is_no_fault(environment):
    environment.pop("PYTHONUNBUFFERED", None)  # or nothing is left to be written at the end
    pipe = subprocess.PIPE
    with subprocess.Popen([*COMMAND, "version"], env=environment, stdout=pipe, stderr=pipe) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(10) == 1
