"""Shows a result as text: what each server did, what it comes to, and what has changed since an older result."""

import operator
from collections.abc import Iterable, Sequence

from bench.figures import Figure, figures, middle, of_executable, phases
from bench.runs import OURS, Result

PHASES = (
    ("many", "storm"),
    ("busy", "heartbeat"),
    ("busy", "meter"),
    ("busy", "session"),
    ("encrypted", "session"),
    ("day", "day"),
    ("busy", "open"),
)
SHORT = {"ms": 3, "times": 1, "/s": 0, "KiB": 1, "MiB": 1, "MB": 1, "s": 0, "%": 1}  # decimals of each unit
FIGURE_HEAD = ["figure", "reached", "to reach", "stretch", ""]


def systems_table(result: Result) -> str:
    """Show the phases of every server, each the median of its passes."""
    systems = dict.fromkeys(one.system for one in result.rounds)
    rows = []
    for load, name in PHASES:
        for system in systems:
            if passes := phases(result, system, load, name):
                rows.append(
                    [
                        f"{name} over wss" if load == "encrypted" else name,
                        system,
                        str(passes[0].chargers),
                        f"{middle(passes, lambda one: one.per_second):.0f}",
                        *(f"{middle(passes, operator.attrgetter(at)):.2f}" for at in ("p50", "p95", "p99")),
                        f"{middle(passes, lambda one: one.cpu_ms):.3f}",
                        f"{middle(passes, lambda one: one.written_bytes):.0f}",
                        f"{middle(passes, lambda one: one.generator_share):.2f}",
                        str(sum(sum(one.faults.values()) for one in passes)),
                    ]
                )
    head = ["phase", "server", "chargers", "CALL/s", "p50 ms", "p95", "p99", "CPU ms/CALL", "disk B/CALL", "generator"]
    return _table([*head, "wrong"], rows)


def figures_table(result: Result) -> str:
    """Show the figures beside what was to be reached."""
    return _table(FIGURE_HEAD, [*map(_row, figures(result)), *_missing(result)])


def executable_table(result: Result) -> str:
    """Show those of the executable alone."""
    return _table(FIGURE_HEAD, [*map(_row, of_executable(result)), *_missing(result)])


def table_of(measured: Iterable[Figure]) -> str:
    """Show some figures like this."""
    return _table(FIGURE_HEAD, map(_row, measured))


def lists_table(result: Result) -> str:
    """Show what each list of transactions costs."""
    head = [f"transactions, {result.sizes.transactions} stored", "CPU ms"]
    return _table(head, [[name, f"{value:.2f}"] for name, value in result.list_cpu_ms.items()])


def comparison_table(before: Result, now: Result) -> str:
    """Show how the figures have changed."""
    old = {one.name: one for one in figures(before)}
    rows = []
    for one in figures(now):
        if (was := old.get(one.name)) is not None:
            change = f"{100 * (one.reached / was.reached - 1):+.0f} %" if was.reached else ""
            rows.append([one.name, _value(was, was.reached), _value(one, one.reached), change])
    return _table(["figure", f"{before.version} of {before.at:%Y-%m-%d %H:%M}", "now", "change"], rows)


def faults(result: Result) -> list[str]:
    """List what went wrong: a benchmark with wrong answers measures nothing."""
    return [
        f"{round_.system}, {phase.name}: {fault} ({count} times)"
        for round_ in result.rounds
        for phase in round_.phases
        for fault, count in phase.faults.items()
    ]


def our_faults(result: Result) -> list[str]:
    """List what our own server did wrong."""
    return [one for one in faults(result) if one.startswith(f"{OURS},")]


def _missing(result: Result) -> list[list[str]]:
    return [] if result.executable else [["executable", "`make binary` first", "", "", ""]]


def _row(figure: Figure) -> list[str]:
    bounds = [_bound(figure, figure.to_reach), _bound(figure, figure.stretch)]
    return [figure.name, _value(figure, figure.reached), *bounds, _verdict(figure)]


def _value(figure: Figure, value: float) -> str:
    return f"{value:,.{SHORT[figure.unit]}f} {figure.unit}"


def _bound(figure: Figure, bound: float | None) -> str:
    return "" if bound is None else ("≥ " if figure.more_is_better else "≤ ") + _value(figure, bound)


def _verdict(figure: Figure) -> str:
    if figure.keeps(figure.stretch):
        return "stretch"
    if figure.to_reach is None:
        return ""
    return "reached" if figure.keeps(figure.to_reach) else "falls short"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out a table of Markdown, with columns that stand below each other."""
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    texts = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    return "\n".join([texts[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *texts[1:]])
