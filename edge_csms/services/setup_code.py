"""The one-time code of the first administrator: proof of access to the box, instead of a default password."""

import hmac
import re
import secrets
from pathlib import Path

from edge_csms.services.secret_file import write_private

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that looks like something else; 12 of them are 60 bits
GROUPS, GROUP_LENGTH = 3, 4
CODE = re.compile(rf"[{ALPHABET}]{{{GROUP_LENGTH}}}(-[{ALPHABET}]{{{GROUP_LENGTH}}}){{{GROUPS - 1}}}")


class SetupCode:
    """The code in data_dir/setup-code, and in data_dir/setup-done the fact that it was used."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "setup-code"
        self._done = data_dir / "setup-done"

    def prepare(self, accounts_exist: bool) -> str | None:
        """Give the code to print at start, the same over restarts; None once an account was made in this data_dir.

        A site that lost its database is no new site: it must not let the next one who registers be its administrator.
        """
        if accounts_exist:
            self.finish()
        if self._done.exists():
            return None
        code = self._stored()
        if not code:
            code = "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
            write_private(self._path, code + "\n")
        return code

    def read(self) -> str | None:
        """Give the code as long as it can be used."""
        return None if self._done.exists() else self._stored() or None

    def matches(self, presented: str) -> bool:
        """Tell whether this is the code; small letters and missing hyphens do no harm."""
        code = self._stored()
        return bool(code) and not self._done.exists() and hmac.compare_digest(_plain(code), _plain(presented))

    def finish(self) -> None:
        """End the code for good: there is an account."""
        if not self._done.exists():
            write_private(self._done, "")
        if self._path.exists():  # else a disk that is read-only would be asked to change
            self._path.unlink()

    def _stored(self) -> str:
        try:
            code = self._path.read_text(errors="replace").strip()
        except FileNotFoundError:
            return ""
        return code if CODE.fullmatch(code) else ""  # a power cut may have emptied or damaged the file


def _plain(code: str) -> bytes:
    return code.upper().replace("-", "").replace(" ", "").encode()
