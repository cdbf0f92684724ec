"""The files of the admin page, as they lie there or packed, with the security headers of everything people reach."""

import functools
import gzip
import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import msgspec
from tornado.web import HTTPError

from edge_csms.web import page_linking
from edge_csms.web.base import SiteHandler

ROOT = Path(str(resources.files("edge_csms.web") / "static"))
FIRST = "index.html"
LANGUAGES = "lang/languages.json"  # made of the catalogues that are there
# Python's own table of types differs with the machine, and a script of another type than this doesn't run.
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".md": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
}
CSS_COMMENT = re.compile(rb'("[^"\n]*")|/\*.*?\*/\s*', re.DOTALL)  # texts may look like one


@dataclass(frozen=True, slots=True)
class PageFile:
    """One file, read and packed once."""

    content_type: str
    plain: bytes
    packed: bytes


def _pack(content_type: str, plain: bytes) -> PageFile:
    return PageFile(content_type, plain, gzip.compress(plain, mtime=0))


@functools.cache
def _paths() -> dict[str, Path]:
    return {path.relative_to(ROOT).as_posix(): path for path in ROOT.rglob("*") if path.is_file()}


@functools.lru_cache(maxsize=500)
def _load(path: Path, changed_at: int) -> PageFile:
    return _pack(TYPES.get(path.suffix, "text/plain; charset=utf-8"), _slim(path, path.read_bytes()))


def _slim(path: Path, text: bytes) -> bytes:
    """Leave out what only who edits a file reads: the spaces of catalogues, comments of our own style sheets."""
    if path.suffix == ".json":
        return msgspec.json.format(text, indent=-1)
    return CSS_COMMENT.sub(rb"\1", text) if path.parent.name == "css" else text


@functools.cache
def _languages() -> PageFile:
    """Tell the languages that there are, and how each names itself."""
    catalogues = sorted((ROOT / "lang").glob("*.json"))
    plain = msgspec.json.encode({path.stem: msgspec.json.decode(path.read_bytes())["language"] for path in catalogues})
    return _pack(TYPES[".json"], plain)


@functools.lru_cache(maxsize=1)
def _link(changed_at: tuple[int, ...]) -> dict[str, PageFile]:
    texts = page_linking.link(_paths())
    return {name: _pack(TYPES[".js"], text.encode()) for name, text in texts.items()}


def _scripts() -> dict[str, PageFile]:
    """Give the page's two scripts, as its modules are now."""
    return _link(tuple(path.stat().st_mtime_ns for path in _paths().values() if path.suffix == ".js"))


def find(name: str) -> PageFile | None:
    """Give a file by its path below the page's address, None for one that isn't there."""
    if name == LANGUAGES:
        return _languages()
    if name in page_linking.SCRIPTS:
        return _scripts()[name]
    path = _paths().get(name or FIRST)
    return None if path is None else _load(path, path.stat().st_mtime_ns)


class PageHandler(SiteHandler):
    """Serves the files. Browsers ask each time whether one changed: an update of the box must show at once."""

    def get(self, name: str) -> None:
        """Send a file, or that it is still the same (304)."""
        if (file := find(name)) is None:
            raise HTTPError(404)
        self.set_header("Content-Type", file.content_type)
        self.set_header("Cache-Control", "no-cache")
        self.set_header("Vary", "Accept-Encoding")
        if "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            self.finish(file.packed)
        else:
            self.finish(file.plain)

    head = get
