"""Takes settings key by key from the file and the environment, so that all faults are found at once."""

import os
import re
import tomllib
import zoneinfo
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from msgspec.inspect import VarTupleType, type_info
from msgspec.structs import fields

from edge_csms.config import wording
from edge_csms.config.settings import SECTIONS, Config, Tls

SYSTEM_FILE = Path("/etc/edge-csms/config.toml")
SYSTEM_DATA_DIR = "/var/lib/edge-csms"
ENVIRONMENT_PREFIX = "EDGE_CSMS_"


@dataclass(frozen=True)
class ConfigFault:
    """One thing that is wrong, in words for the person who has to mend it."""

    place: str
    explanation: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.explanation}" + (f" ({self.hint})" if self.hint else "")


class ConfigError(Exception):
    """The settings can't be used; `faults` holds every reason."""

    def __init__(self, faults: list[ConfigFault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def load(path: Path | None = None, environment: Mapping[str, str] = os.environ) -> Config:
    """Return the settings of a file (without a path the system's, if there is one), overridden by the environment.

    Raises ConfigError with all faults.
    """
    if path is None and SYSTEM_FILE.exists():
        path = SYSTEM_FILE
    reader = _Reader()
    if path == SYSTEM_FILE:
        reader.values["storage"]["data_dir"] = SYSTEM_DATA_DIR
    if path is not None:
        reader.read_file(path)
    reader.read_environment(environment)
    return reader.finish()


class _Reader:
    """Collects valid values, where each comes from, and faults: the file first, then the environment, which wins."""

    def __init__(self) -> None:
        self.values: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
        self.places: dict[str, str] = {}
        self.faults: list[ConfigFault] = []

    def read_file(self, path: Path) -> None:
        try:
            text = path.read_bytes().decode("utf-8-sig")
            document = tomllib.loads(text)
        except OSError as error:
            self._fault(str(path), f"can't be read: {error.strerror}")
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            self._fault(_place(path, line), "is not UTF-8 text", "save the file as UTF-8")
        except (ValueError, RecursionError) as error:  # TOMLDecodeError, and int() of thousands of digits
            line_of_fault, explanation, hint = wording.explain_toml_error(error)
            self._fault(_place(path, line_of_fault), explanation, hint)
        else:
            self._take_document(document, path, find_lines(text))

    def read_environment(self, environment: Mapping[str, str]) -> None:
        for variable, text in sorted(environment.items()):
            section, _, key = variable.removeprefix(ENVIRONMENT_PREFIX).lower().partition("_")
            # Other names that begin with EDGE_CSMS_ may be somebody else's: container engines make such up.
            if variable.startswith(ENVIRONMENT_PREFIX) and section in SECTIONS:
                self._take(f"environment variable {variable}", section, key, text.strip(), strict=False)

    def finish(self) -> Config:
        config = msgspec.convert({**self.values, "given": self.places}, Config)
        for key, explanation, hint in find_contradictions(config):
            self._fault(self.places.get(key, "default"), f"{key} {explanation}", hint)
        if self.faults:
            raise ConfigError(self.faults)
        return config

    def _take_document(self, document: dict[str, Any], path: Path, lines: Mapping[tuple[str, ...], int]) -> None:
        for section, table in document.items():
            place = _place(path, lines.get((section,)))
            if section not in SECTIONS:
                self._fault(place, f"{wording.show(section)} is no known section", wording.suggest_section(section))
            elif not isinstance(table, dict):
                self._fault(place, f"{section} must be a section", f"write [{section}], and its keys below that line")
            else:
                for key, value in table.items():
                    line = lines.get((section, key)) or lines.get((section,))
                    self._take(_place(path, line), section, key, value, strict=True)

    def _take(self, place: str, section: str, key: str, value: Any, *, strict: bool) -> None:
        """Keep a value if it fits; where it is not `strict`, a text that can be read as one fits too."""
        types = {field.name: field.type for field in fields(SECTIONS[section])}
        if key not in types:
            self._fault(place, f"{section}.{key} is no known key", wording.suggest_key(section, key))
            return
        if not strict and isinstance(type_info(types[key]), VarTupleType):
            value = [item.strip() for item in value.split(",") if item.strip()]
        try:
            self.values[section][key] = msgspec.convert(value, types[key], strict=strict)
            self.places[f"{section}.{key}"] = place
        except msgspec.ValidationError:
            wanted = wording.describe(key, types[key])
            explanation = f"{section}.{key} must be {wanted}, not {wording.show(value)}"
            self._fault(place, explanation, wording.hint_at_value(value, types[key]))

    def _fault(self, place: str, explanation: str, hint: str = "") -> None:
        self.faults.append(ConfigFault(place, explanation, hint))


def _place(path: Path, line: int | None) -> str:
    return f"{path}, line {line}" if line else str(path)


_NAME = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_HEADER = re.compile(rf"\s*\[\s*({_NAME}(?:\s*\.\s*{_NAME})*)\s*\]")
_ASSIGNMENT = re.compile(rf"\s*({_NAME}(?:\s*\.\s*{_NAME})*)\s*=")


def find_lines(text: str) -> dict[tuple[str, ...], int]:
    """Map each section and key to its line, found by a scan, since the TOML parser keeps no places.

    Keys of an inline table are not found, and a line inside of a text over several lines may pass for a key: both
    only make a place less exact.
    """
    lines: dict[tuple[str, ...], int] = {}
    section: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), start=1):
        if header := _HEADER.match(line):
            section = _names(header[1])
            lines.setdefault(section, number)
        elif assignment := _ASSIGNMENT.match(line):
            path = section + _names(assignment[1])
            lines.setdefault(path, number)
            lines.setdefault(path[:1], number)
    return lines


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(name.strip("\"'") for name in re.findall(_NAME, dotted))


def find_contradictions(config: Config) -> Iterator[tuple[str, str, str]]:
    """Yield key, explanation and hint of what only two keys together, or the machine, show to be wrong."""
    zone = config.site.timezone
    if not _is_time_zone(zone):
        yield "site.timezone", f"names no time zone: {wording.show(zone)}", wording.suggest_time_zone(zone)
    yield from _find_tls_contradictions(config.tls)
    if config.tls.enabled and config.tls.port == config.server.port != 0:
        key = "tls.port" if "tls.port" in config.given else "server.port"
        yield key, f"gives both ports the number {config.tls.port}", "the plain port stays beside the encrypted one"
    if _is_file(config.data_dir, if_hidden=False):
        yield "storage.data_dir", f"must be a directory, but {wording.show(str(config.data_dir))} is a file", ""


def _find_tls_contradictions(tls: Tls) -> Iterator[tuple[str, str, str]]:
    if bool(tls.certificate) != bool(tls.key):
        given, missing = ("certificate", "key") if tls.certificate else ("key", "certificate")
        yield f"tls.{given}", f"is set, but tls.{missing} is not", "set both, or neither to use the box's own"
    for name in ("certificate", "key", "client_ca"):
        path = getattr(tls, name)
        if path and not _is_file(Path(path), if_hidden=True):
            yield f"tls.{name}", f"names no file: {wording.show(path)}", ""


def _is_time_zone(name: str) -> bool:
    if name == "UTC":  # works on a machine without time zones too
        return True
    try:
        zoneinfo.ZoneInfo(name)
    except (OSError, ValueError, zoneinfo.ZoneInfoNotFoundError):  # a directory, a path, an unknown name
        return False
    return True


def _is_file(path: Path, *, if_hidden: bool) -> bool:
    try:
        return path.is_file()
    except OSError:  # in a directory that only the server's own user may enter
        return if_hidden
