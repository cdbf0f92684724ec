"""Small disks of their own: ext4 in an image file, which can lose its power, fill up, or turn read-only."""

import fcntl
import os
import shutil
import struct
import subprocess
import time
from pathlib import Path

import pytest

SHUTDOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN of the kernel
WITHOUT_FLUSHING = struct.pack("I", 2)
BUSY_SECONDS = 5.0


class Disk:
    """One image, mounted while it is in use. Only root may mount; elsewhere the test is skipped, with the reason."""

    def __init__(self, image: Path, megabytes: int = 64) -> None:
        self.image = image
        self.path = image.with_name(image.name + ".mounted")
        self._is_mounted = False
        if os.geteuid() != 0:
            pytest.skip("mounting a disk image needs root")
        if shutil.which("mkfs.ext4") is None or not Path("/dev/loop-control").exists():
            pytest.skip("there is no mkfs.ext4, or no loop device to mount its image with")
        if not image.exists():
            with image.open("wb") as file:
                file.truncate(megabytes * 2**20)
            subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True)
        self.path.mkdir(exist_ok=True)

    def mount(self, options: str = "loop") -> "Disk":
        """Mount it; what a power cut has left is put in order from the file system's journal first."""
        done = subprocess.run(
            ["mount", "-o", options, self.image, self.path], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            pytest.skip(f"no disk image can be mounted here: {done.stderr.strip()}")
        self._is_mounted = True
        return self

    def unmount(self) -> None:
        """Unmount it; whoever had files open on it must be gone."""
        begun = time.monotonic()
        while self._is_mounted:
            done = subprocess.run(["umount", self.path], capture_output=True, text=True, check=False)
            self._is_mounted = done.returncode != 0
            assert time.monotonic() - begun < BUSY_SECONDS, done.stderr

    def cut_power(self) -> None:
        """Let nothing more reach the image: what the kernel has not handed to it is lost, and every write fails."""
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, SHUTDOWN, WITHOUT_FLUSHING)
        finally:
            os.close(descriptor)

    def turn_read_only(self) -> None:
        """Do what the kernel does when it finds the file system damaged."""
        subprocess.run(["mount", "-o", "remount,abort", self.path], check=True)

    def remount(self, options: str) -> None:
        """Change how it is mounted."""
        subprocess.run(["mount", "-o", f"remount,{options}", self.path], check=True)

    def copy(self, image: Path) -> "Disk":
        """Copy the image as it is."""
        subprocess.run(["cp", "--sparse=always", self.image, image], check=True)
        return Disk(image)

    def close(self) -> None:
        """Unmount it, whoever is in the way, and throw it away."""
        if self._is_mounted:
            subprocess.run(["umount", "-l", self.path], check=False)
            self._is_mounted = False
        self.image.unlink(missing_ok=True)
