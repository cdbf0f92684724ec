"""Starts a server under test as a process of its own, and stops it."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 30.0
STOP_SECONDS = 15.0
POLL_SECONDS = 0.002


class DidNotStart(Exception):
    """A server under test ended, or did not listen in time."""


@dataclass(frozen=True)
class Process:
    """A server that runs, and how long it took from its start to its first answer."""

    pid: int
    port: int
    start_ms: float


def free_port() -> int:
    """Find a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(
    command: Sequence[str], port: int, log: Path, *, environment: Mapping[str, str] | None = None, answers_http: bool
) -> Iterator[Process]:
    """Run a server until the end of the block; raises DidNotStart."""
    begun = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **(environment or {})},
            process_group=0,  # Ctrl-C is for this program, which stops the server in order
        )
    try:
        while not _answers(port, answers_http):
            if process.poll() is not None or time.perf_counter() - begun > START_SECONDS:
                raise DidNotStart(f"{command[0]} did not start: see {log}")
            time.sleep(POLL_SECONDS)
        yield Process(process.pid, port, 1000 * (time.perf_counter() - begun))
    finally:
        _stop(process)


def _answers(port: int, over_http: bool) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as connection:
        if not over_http:
            return True
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return b" 200 " in connection.recv(200)
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
