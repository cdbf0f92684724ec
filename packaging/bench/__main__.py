"""The command: measures, prints the tables, and keeps the result as JSON."""

import argparse
import asyncio
import contextlib
import resource
import sys
import tempfile
from pathlib import Path

import msgspec

from bench import tables
from bench.executable import measure_executable
from bench.lists import measure_lists
from bench.peers import PEERS, NotInstalled, Peer
from bench.runs import QUICK, Result, Sizes, measure_ours, measure_peer
from bench.scale import measure_scale
from bench.server import DidNotStart

ROOT = Path(__file__).parents[2]
CACHE, DIST = ROOT / ".bench", ROOT / "dist"


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark; 1 if our server answered anything wrongly."""
    options = _parser().parse_args(arguments)
    if options.scale:
        return _measure_scale(options.scale, QUICK if options.quick else Sizes(chargers=20))
    before = msgspec.json.decode(options.compare.read_bytes(), type=Result) if options.compare else None
    sizes = QUICK if options.quick else Sizes(passes=options.passes)
    options.cache.mkdir(parents=True, exist_ok=True)
    peers = [] if options.quick or options.no_peers or options.executable else _installed(options.cache)
    _allow_many_sockets()
    with tempfile.TemporaryDirectory(dir=options.cache, prefix="data-") as directory:
        _say("the executable")
        place = Path(directory) / "executable"
        executable = measure_executable(options.dist, place, sizes.starts, sizes.idle_seconds)
        result = Result(sizes=sizes, executable=executable)
        if options.executable:
            print(tables.executable_table(result))
            return 0
        asyncio.run(_measure(result, peers, options.cache, Path(directory)))
    if options.json:
        options.json.write_bytes(msgspec.json.format(msgspec.json.encode(result)))
    _show(result, before)
    return 1 if tables.our_faults(result) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the server beside two others.")
    parser.add_argument("--quick", action="store_true", help="a few seconds, to see that it works; no peers")
    parser.add_argument("--no-peers", action="store_true", help="our server alone")
    parser.add_argument(
        "--passes", type=int, default=2, help="how often each server is measured, in turns (default: 2)"
    )
    parser.add_argument(
        "--scale", type=Path, metavar="DIR", help="only what a year of 20 chargers costs, stored there if it isn't yet"
    )
    parser.add_argument("--executable", action="store_true", help="only what the executable costs, in half a minute")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the result there")
    parser.add_argument("--compare", type=Path, metavar="FILE", help="show what has changed since a kept result")
    parser.add_argument("--cache", type=Path, default=CACHE, metavar="DIR", help="keeps the peers (default: .bench)")
    parser.add_argument(
        "--dist", type=Path, default=DIST, metavar="DIR", help="what `make binary` made (default: dist)"
    )
    return parser


def _measure_scale(directory: Path, sizes: Sizes) -> int:
    scale = asyncio.run(measure_scale(directory, sizes))
    print(tables.table_of(scale.figures()))
    return 0


def _installed(cache: Path) -> list[Peer]:
    peers = []
    for peer in PEERS.values():
        try:
            peer.install(cache)
            peers.append(peer)
        except NotInstalled as reason:
            print(f"Without {peer.name}: {reason}", file=sys.stderr)
    return peers


async def _measure(result: Result, peers: list[Peer], cache: Path, directory: Path) -> None:
    for number in range(result.sizes.passes):
        for load in ("busy", "many"):  # in turns, so that a change of the machine's mood meets all
            _say(f"pass {number + 1}: edge-csms, {load}")
            await measure_ours(result, load, directory / "ours")
            for peer in peers:
                _say(f"pass {number + 1}: {peer.name}, {load}")
                with tempfile.TemporaryDirectory(dir=directory) as data, contextlib.suppress(DidNotStart):
                    await measure_peer(result, load, peer, cache, Path(data))
        for load in ("encrypted", "sparse"):
            _say(f"pass {number + 1}: edge-csms, {load}")
            await measure_ours(result, load, directory / "ours")
    _say(f"a day of {result.sizes.many} chargers")
    await measure_ours(result, "day", directory / "ours")
    _say(f"lists over {result.sizes.transactions} transactions")
    await measure_lists(result, directory / "ours")


def _show(result: Result, before: Result | None) -> None:
    shown = [tables.systems_table(result), tables.lists_table(result), tables.figures_table(result)]
    if before is not None:
        shown.append(tables.comparison_table(before, result))
    print(f"\nedge-csms {result.version}, {result.at:%Y-%m-%d %H:%M}, {result.machine}\n")
    print("\n\n".join(shown))
    for fault in tables.faults(result):
        print(f"WRONG: {fault}", file=sys.stderr)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _allow_many_sockets() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    sys.exit(main())
