"""Lets `python -m edge_csms` and the executable run the command line."""

import sys

from edge_csms.cli import main

if __name__ == "__main__":
    sys.exit(main())
