"""Jobs run for as long as the process lives, whatever happens to them."""

import asyncio
import logging

import pytest

from edge_csms.jobs import runner
from edge_csms.jobs.runner import Runner
from tests.jobs.conftest import until


class Counting:
    """A job that fails a few times."""

    per_fleet = False

    def __init__(self, name: str = "counting", failures: int = 0, *, ends: bool = False) -> None:
        self.name = name
        self.runs = 0
        self.cancelled = False
        self._failures = failures
        self._ends = ends

    async def run(self) -> None:
        self.runs += 1
        if self.runs <= self._failures:
            raise ValueError(f"failure {self.runs}")
        if not self._ends:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                self.cancelled = True
                raise


async def test_jobs_run_until_all_are_stopped() -> None:
    jobs, running = [Counting("a"), Counting("b")], Runner()
    for job in jobs:
        running.start(job)
    await until(lambda: all(job.runs for job in jobs))
    assert running.states() == {"a": "ok", "b": "ok"}
    await running.stop()
    assert all(job.cancelled for job in jobs)


async def test_one_that_fails_starts_anew_a_little_later_each_time(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(runner, "FIRST_PAUSE_SECONDS", 0.05)
    job, running = Counting(failures=2), Runner()
    running.start(job)
    await until(lambda: running.states()["counting"] == "failed: failure 1")
    began = asyncio.get_running_loop().time()
    await until(lambda: job.runs == 3)
    assert asyncio.get_running_loop().time() - began >= 0.1
    assert running.states() == {"counting": "ok"}
    assert "failure 2" in caplog.text
    await running.stop()


async def test_a_pause_has_a_limit(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    monkeypatch.setattr(runner, "FIRST_PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(runner, "LONGEST_PAUSE_SECONDS", 0.002)
    job, running = Counting(failures=30), Runner()
    running.start(job)
    await until(lambda: job.runs == 31)
    await running.stop()


async def test_one_that_has_nothing_more_to_do_is_done() -> None:
    running = Runner()
    running.start(Counting(ends=True))
    await until(lambda: running.states() == {"counting": "done"})
    await running.stop()


class Deaf:
    """A job that misses the first cancellation, as one inside asyncio.wait_for of Python 3.11 may."""

    name = "deaf"
    per_fleet = False

    def __init__(self) -> None:
        self.asked = 0

    async def run(self) -> None:
        while True:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                self.asked += 1
                if self.asked > 1:
                    raise


async def test_a_job_that_misses_its_end_is_asked_again() -> None:
    job, runner = Deaf(), Runner()
    runner.start(job)
    await asyncio.sleep(0)
    await asyncio.wait_for(runner.stop(), 10)
    assert job.asked == 2
