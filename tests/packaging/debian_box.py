"""A box with Debian 12: a root directory of its own, in which systemd runs as on a box at a site, or doesn't."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
BARE = ROOT / "build" / "debian-12"  # made once; boxes only lay their changes over it
PATH = "PATH=/usr/sbin:/usr/bin:/sbin:/bin"
BOOT_SECONDS = 60.0
ADDRESS = "192.0.2.10"  # of the box, in a network of its own


class DebianBox:
    """The box. Until it is booted, its commands run in a chroot, as where an image is made."""

    def __init__(self, directory: Path) -> None:
        subprocess.run([ROOT / "packaging" / "debian-root", BARE], cwd=ROOT, check=True)
        self.root = directory / "root"
        for path in (self.root, directory / "changes", directory / "work"):
            path.mkdir(parents=True)
        layers = f"lowerdir={BARE},upperdir={directory / 'changes'},workdir={directory / 'work'}"
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", layers, self.root], check=True)
        self._entry: list[str] = ["chroot", str(self.root)]

    def close(self) -> None:
        """Leave nothing of it."""
        subprocess.run(["umount", self.root], check=True)
        shutil.rmtree(self.root.parent)

    def run(self, command: str, *, fails: bool = False, timeout: float = 120) -> str:
        """Run a line of shell in the box, which must succeed or must fail; gives all that it says."""
        done = subprocess.run(
            [*self._entry, "/usr/bin/env", "-i", PATH, "HOME=/root", "LC_ALL=C.UTF-8", "sh", "-c", command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=timeout,
        )
        assert (done.returncode != 0) is fails, (command, done.stdout)
        return done.stdout

    def run_beside(self, *command: object) -> str:
        """Run a program of this machine, which must succeed, in the network of the booted box; gives what it prints."""
        entry = ["nsenter", f"--target={self._first}", "--net", "--"]
        done = subprocess.run([*entry, *map(str, command)], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
        return done.stdout

    def bring(self, file: Path) -> str:
        """Copy a file into the box; gives its path there."""
        shutil.copy(file, self.root / "root")
        return f"/root/{file.name}"

    def path(self, inside: str) -> Path:
        """Give what is at an absolute path in the box, which may be a link that leads nowhere outside."""
        return self.root / inside.removeprefix("/")

    @contextmanager
    def booted(self) -> Iterator[None]:
        """Let systemd run in the box, with a network that nobody else is in, in which it has an address."""
        alone = ["--private-network", "--register=no", "--keep-unit", "--link-journal=no"]
        container = subprocess.Popen(
            ["systemd-nspawn", "--quiet", f"--directory={self.root}", "--boot", *alone],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        outside = self._entry
        try:
            self._first = self._first_process(container)
            everything = ["--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root", "--wd"]
            self._entry = ["nsenter", f"--target={self._first}", *everything, "--"]
            for task in (
                "link add site type veth peer site-2",
                f"addr add {ADDRESS}/24 dev site",
                "link set site up",
                "link set site-2 up",
            ):
                self.run_beside("ip", *task.split())
            self.run("until systemctl is-system-running --wait; do sleep 0.2; done", timeout=BOOT_SECONDS)
            yield
        finally:
            self._entry = outside
            container.terminate()  # which it passes on as an orderly shutdown
            try:
                container.wait(BOOT_SECONDS)
            except subprocess.TimeoutExpired:
                container.kill()
                container.wait()

    def _first_process(self, container: "subprocess.Popen[bytes]") -> int:
        deadline = time.monotonic() + BOOT_SECONDS
        while time.monotonic() < deadline and container.poll() is None:
            for child in Path(f"/proc/{container.pid}/task/{container.pid}/children").read_text().split():
                with suppress(FileNotFoundError):  # one that has ended meanwhile
                    if os.readlink(f"/proc/{child}/exe").endswith("/systemd"):
                        return int(child)
            time.sleep(0.1)  # between two looks
        raise AssertionError("the box does not boot")
