"""Progress on a terminal, and where there is none."""

import io

from edge_csms.simulator.progress import Progress, Tally


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_tally_is_one_line() -> None:
    tally = Tally(
        charge_points=5, online=4, waiting=1, charging=2, power_w=22100, sessions=3, refused=1, energy_wh=8400
    )
    assert tally.text() == (
        "4/5 online · 1 waiting to be accepted · 2 charging with 22.1 kW · 3 sessions done, 8.4 kWh · 1 refused"
    )


def test_plain_lines_are_written_only_when_something_changes() -> None:
    out = io.StringIO()
    progress = Progress(out)
    for sessions in (0, 0, 1):
        progress.show(Tally(sessions=sessions))
    assert out.getvalue().count("\n") == 2
    assert "\x1b" not in out.getvalue()


def test_on_a_terminal_the_line_is_overwritten() -> None:
    out = Terminal()
    progress = Progress(out)
    progress.show(Tally())
    progress.end(Tally(sessions=1))
    assert out.getvalue().count("\r\x1b[K") == 2
    assert out.getvalue().endswith("kWh\n")


def test_a_notice_is_given_once() -> None:
    out = io.StringIO()
    progress = Progress(out)
    for _ in range(2):
        progress.notice("TAG1 is Blocked")
    assert out.getvalue() == "TAG1 is Blocked\n"
