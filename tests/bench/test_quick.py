"""The benchmark's short form, so that it works when somebody wants figures: every load once, for moments."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
from bench import tables
from bench.figures import figures
from bench.runs import OURS, QUICK, Result

ROOT = Path(__file__).parents[2]


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench", "--quick", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": "packaging"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def as_built(dist: Path) -> Path:
    """Lay what starts the program where `make binary` lays it."""
    for path in (dist / "edge-csms-dir" / "edge-csms", dist / "edge-csms"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m edge_csms "$@"\n')
        path.chmod(0o755)
    return dist


def test_the_short_form_measures_everything_and_finds_no_wrong_answer(tmp_path: Path) -> None:
    kept = tmp_path / "result.json"
    done = run("--cache", tmp_path / "cache", "--json", kept, "--dist", as_built(tmp_path / "dist"))
    assert (done.returncode, "WRONG" in done.stderr) == (0, False), done.stderr

    result = msgspec.json.decode(kept.read_bytes(), type=Result)
    assert {one.load for one in result.rounds} == {"busy", "many", "day", "encrypted", "sparse"}
    assert all(phase.calls > 0 and phase.cpu_ms > 0 for one in result.rounds for phase in one.phases)
    (storm,) = (phase for one in result.rounds if one.load == "many" for phase in one.phases)
    assert storm.calls == QUICK.many
    assert len(result.list_cpu_ms) > 10

    executable = result.executable
    assert executable is not None
    assert executable.directory_bytes == executable.onefile_bytes > 0
    assert min(*executable.directory_start_ms, *executable.onefile_start_ms, executable.directory_idle.rss_bytes) > 0
    assert "`make binary` first" not in tables.figures_table(result)

    for figure in figures(result):
        assert f"| {figure.name} " in done.stdout
    assert list((tmp_path / "cache").iterdir()) == []  # no data stay behind
    changes = tables.comparison_table(result, msgspec.structs.replace(result, version="2"))
    assert changes.count("| +0 % ") == len(figures(result))


def test_where_no_executable_was_built_the_table_says_how(tmp_path: Path) -> None:
    done = run("--executable", "--cache", tmp_path, "--dist", tmp_path)
    assert (done.returncode, "| executable | `make binary` first |" in done.stdout) == (0, True), done.stderr


def test_a_wrong_answer_fails_the_benchmark() -> None:
    faulty = msgspec.json.decode(
        b'{"sizes": {}, "rounds": [{"system": "%b", "load": "busy", "start_ms": 1, "idle": {"rss_bytes": 1, '
        b'"pss_bytes": 1}, "phases": [{"name": "meter", "chargers": 1, "seconds": 1, "calls": 1, "per_second": 1, '
        b'"p50": 1, "p95": 1, "p99": 1, "longest": 1, "cpu_ms": 1, "written_bytes": 1, "generator_share": 1, '
        b'"faults": {"MeterValues: CALLERROR": 3}}]}]}' % OURS.encode(),
        type=Result,
    )
    assert tables.our_faults(faulty) == ["edge-csms, meter: MeterValues: CALLERROR (3 times)"]


def test_what_a_year_costs_is_measured(tmp_path: Path) -> None:
    done = run("--scale", tmp_path / "year")
    assert done.returncode == 0, done.stderr
    assert "file with 5,000 meter values, 50 transactions" in done.stdout
    assert "a slice of thinning with its COMMIT, p99" in done.stdout
    assert (tmp_path / "year" / "data" / "edge-csms.db").exists()  # for the next time
