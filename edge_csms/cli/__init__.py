"""The command line, one module for each family of commands."""

from edge_csms.cli.command_line import main

__all__ = ["main"]
