"""Says what was built: sizes, versions, the oldest glibc that it runs on, and every part in CycloneDX's form.

It fails where something must not be handed out: a SQLite that can damage a database, or a file that has grown.
"""

import json
import platform
import re
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
MEGABYTE = 1_000_000
LARGEST_ONEFILE, LARGEST_ONEDIR = 25 * MEGABYTE, 60 * MEGABYTE
OLDEST_SQLITE = (3, 51, 3)  # before that, a reset of the write-ahead log can damage a database
VENDORED = re.compile(r"^\| \S+ \| (\S+) ([\d.]+) \| [^|]+ \| (\S+) \|", re.MULTILINE)  # rows of VENDORED.md


def main(dist: Path, packages: Path) -> None:
    """Write BUILD.txt and sbom.cdx.json beside what was built."""
    onefile, onedir = dist / "edge-csms", dist / "edge-csms-dir"
    told = subprocess.run([onedir / "edge-csms", "version"], capture_output=True, text=True, check=True).stdout
    versions = dict(line.rsplit(" ", 1) for line in told.splitlines())
    sizes = size_of([onefile]), size_of([path for path in onedir.rglob("*") if path.is_file()])
    if numbers(versions["SQLite"]) < OLDEST_SQLITE:
        sys.exit(f"SQLite {versions['SQLite']} inside is older than {'.'.join(map(str, OLDEST_SQLITE))}")
    if sizes[0] > LARGEST_ONEFILE or sizes[1] > LARGEST_ONEDIR:
        sys.exit(f"too large: one file {sizes[0]} bytes, directory {sizes[1]} bytes")
    libraries = sorted(path for path in onedir.rglob("*") if path.is_file() and path.read_bytes()[:4] == b"\x7fELF")
    glibc = max(filter(None, map(newest_glibc_symbol, libraries)))
    lines = [
        told.rstrip(),
        f"OpenSSL {ssl.OPENSSL_VERSION.split()[1]}",
        f"machine {platform.machine()}",
        f"glibc {'.'.join(map(str, glibc))} or newer",
        f"one file {sizes[0] / MEGABYTE:.1f} MB",
        f"directory {sizes[1] / MEGABYTE:.1f} MB",
    ]
    (dist / "BUILD.txt").write_text("\n".join(lines) + "\n")
    bill = json.loads(packages.read_text())
    add_what_is_no_package(bill, versions, [path.name for path in libraries if path.parent == onedir / "_internal"])
    (dist / "sbom.cdx.json").write_text(json.dumps(bill, indent=2, sort_keys=True) + "\n")


def newest_glibc_symbol(path: Path) -> tuple[int, ...] | None:
    """Say which glibc a library or program asks for, if any."""
    table = subprocess.run(["objdump", "-T", path], capture_output=True, text=True, check=False).stdout
    return max((numbers(found) for found in re.findall(r"\(?GLIBC_([\d.]+)\)?", table)), default=None)


def add_what_is_no_package(bill: dict[str, Any], versions: dict[str, str], libraries: list[str]) -> None:
    """Add to the bill what no Python package lists: the program itself, Python, SQLite, and the system's libraries."""
    bill["metadata"]["component"] = component("application", "edge-csms", versions["edge-csms"], "Apache-2.0")
    bill["components"] += [
        component("application", "CPython", versions["Python"], "PSF-2.0"),
        component("library", "SQLite", versions["SQLite"], "blessing", "statically inside of apsw"),
        *(component("library", name, None, None, "of the machine that built this") for name in libraries),
        *(
            component("library", name, number, license_id, "of the admin page")
            for name, number, license_id in vendored()
        ),
    ]
    bill["components"].sort(key=lambda one: one["bom-ref"])


def component(
    kind: str, name: str, version: str | None, license_id: str | None, description: str = ""
) -> dict[str, Any]:
    """Make an entry of the bill."""
    made: dict[str, Any] = {"type": kind, "name": name, "bom-ref": f"{name}=={version}" if version else name}
    if version:
        made["version"] = version
    if license_id:
        made["licenses"] = [{"license": {"id": license_id}}]
    if description:
        made["description"] = description
    return made


def vendored() -> list[tuple[str, str, str]]:
    """List the libraries of the admin page with their versions and licences."""
    table = ROOT / "edge_csms" / "web" / "static" / "vendor" / "VENDORED.md"
    return sorted(set(VENDORED.findall(table.read_text())))


def size_of(paths: list[Path]) -> int:
    """Count bytes."""
    return sum(path.lstat().st_size for path in paths)


def numbers(version: str) -> tuple[int, ...]:
    """Make a version comparable."""
    return tuple(int(number) for number in version.split("."))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
