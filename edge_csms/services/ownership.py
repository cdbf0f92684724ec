"""The step down from root, so that no file in the data directory ever belongs to root by mistake."""

import os
import pwd
from pathlib import Path


def become_owner(directory: Path) -> None:
    """Give up root for the owner of a directory; nothing where one is not root, or the owner is."""
    if os.geteuid() != 0 or not directory.exists():
        return
    owner = directory.stat()
    if owner.st_uid == 0:
        return
    try:
        os.initgroups(pwd.getpwuid(owner.st_uid).pw_name, owner.st_gid)
    except KeyError:  # a user id without a name, as in containers
        os.setgroups([])
    os.setgid(owner.st_gid)
    os.setuid(owner.st_uid)
