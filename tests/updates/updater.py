"""The updater with less patience than root's, which may be killed at a step: `python updater.py BOX STEP SECONDS`."""

import os
import signal
import sys
from pathlib import Path

from edge_csms.services.installation import Installation
from edge_csms.services.update_spool import Spool
from edge_csms.updates.applying import Applying
from edge_csms.updates.journal import State
from edge_csms.updates.patience import Patience
from edge_csms.updates.service import Service
from edge_csms.updates.site import Site


def main(directory: Path, deadly_step: str, seconds: float) -> None:
    """Run it."""

    def tell(step: str) -> None:
        print(step, flush=True)
        if step == deadly_step:
            os.kill(os.getpid(), signal.SIGKILL)

    state = State(directory / "state")
    with state.locked():
        Applying(
            Spool(directory / "data"),
            Installation(directory / "trees"),
            Site(directory / "data"),
            Service(directory / "service"),
            state,
            patience=Patience(quiet=8, unwell=seconds, stop=2, steady=1, charge_points=seconds, retry=0.2),
            tell=tell,
        ).run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]))
