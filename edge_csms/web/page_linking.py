"""Joins the page's own modules into two scripts as they are served: two requests, not a hundred, packed as wholes.

For who edits them the modules stay as they are, and nothing is built. Each becomes a function, in the order in which a
browser would run them; `import` and `export` become its first and last lines, comments go, all else stays as it stands.
That takes no whole grammar of JavaScript, only the few forms in which our modules are written: all others are refused.
"""

import hashlib
import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

FIRST, LATER = SCRIPTS = "main.js", "views.js"  # what the first screen needs; what is imported when it is opened

# Where something begins that matters in code, and what it is; all between is copied. (One expression would take thrice
# as long.) A slash with a space on both sides divides; "$" is left to names of our own.
BEGIN = re.compile(r"\{|\}|\"|'|`|/|\$|import\b|export\b|await\b")
CODE = re.compile(
    r"(?P<mark>[`{}])"
    r"|(?P<literal>\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|(?<= )/(?= )"
    r"|(?<![\w)\]])/(?![/*])(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/)"
    r"|(?P<comment>(?<=\n)//.*\n|//.*|/\*[^*]*(?:\*(?!/)[^*]*)*\*/)"
    r'|(?P<imported>^import (?:\{ (?P<names>[\w, ]+) \}|(?P<default>\w+)) from "(?P<source>\.[^"\n]+)";$)'
    r'|(?P<passed>^export (?:\*|\{ (?P<some>[\w, ]+) \}) from "(?P<giver>\.[^"\n]+)";$)'
    r"|(?P<exported>^export (?=(?:class|const|function|async function) (?P<name>\w+)(?: = | extends | \{|\()))"
    r'|(?P<opened>\bimport\("(?P<view>\.[^"\n]+)"\))'
    r"|(?P<refused>^await\b|\b(?:import|export)\b|[\"'/$])"
    r"|\w+",
    re.MULTILINE,
)
TEMPLATE = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*(`|\$\{)", re.DOTALL)  # up to its end, or to code within it
# Libraries are packed already, each in one line.
VENDORED_IMPORT = re.compile(r'^import\{(?P<names>[\w$, ]+)\}from"(?P<source>\.[^"]+)";')
VENDORED_EXPORT = re.compile(r"\bexport(?:\{(?P<names>[\w$, ]+)\};| default (?P<function>function\(.*))$")
OTHER_FORM = re.compile(r"\b(?:import|export)\b")
SOURCE_MAP = re.compile(r"\n//# sourceMappingURL=.*")

# What stands before the modules of a script. The second of another version would miss something at its first use.
HEAD_OF_FIRST = """export const $stamp = "{stamp}";
export const $modules = {{}};
export const $open = async (name) => $modules[name] ?? (await import("./views.js"), $modules[name]);
"""
HEAD_OF_LATER = """import {{ $modules, $open, $stamp }} from "./main.js";
if ($stamp !== "{stamp}") throw new Error("the page has changed since it was opened");
"""


class LinkError(Exception):
    """A module that is not written as the page's modules are."""


@dataclass(slots=True)
class Module:
    """One module as a function's text, with what it takes and gives."""

    name: str
    text: str = ""
    takes: dict[str, list[str]] = field(default_factory=dict)  # names, by the modules that are to give them
    gives: dict[str, str] = field(default_factory=dict)  # what stands for each name
    passes: list[str] = field(default_factory=list)  # modules of which it gives all
    opens: list[str] = field(default_factory=list)

    def path_of(self, source: str) -> str:
        """Give the name of a module as this one calls it."""
        return posixpath.normpath(posixpath.join(posixpath.dirname(self.name), source))

    def take(self, names: str, source: str) -> str:
        """Take names of another module: "a, b as c"."""
        module, pairs = self.path_of(source), _pairs(names)
        self.takes.setdefault(module, []).extend(name for name, _ in pairs)
        return f'const {_object(pairs)} = $modules["{module}"];'

    def close(self, body: str) -> "Module":
        """Make a function of it that gives what it exports."""
        given = _object(self.gives.items(), *(f'...$modules["{name}"]' for name in self.passes))
        self.text = f'$modules["{self.name}"] = (() => {{\n{body.strip()}\nreturn {given};\n}})();\n'
        return self


def link(files: Mapping[str, Path]) -> dict[str, str]:
    """Make the texts of both scripts from the modules, which `files` finds by their names."""
    modules: dict[str, Module] = {}
    _follow(FIRST, files, modules)
    at_first = len(modules)
    while unread := [(name, by) for by, module in modules.items() for name in module.opens if name not in modules]:
        name, by = unread[0]
        _follow(name, files, modules, by)
    for module in modules.values():
        _check(module, modules)
    texts = [module.text for module in modules.values()]
    first, later = "".join(texts[:at_first]), "".join(texts[at_first:])
    stamp = hashlib.sha256(first.encode()).hexdigest()[:16]
    return {FIRST: HEAD_OF_FIRST.format(stamp=stamp) + first, LATER: HEAD_OF_LATER.format(stamp=stamp) + later}


def _follow(name: str, files: Mapping[str, Path], found: dict[str, Module], *takers: str) -> None:
    """Add a module behind all that it takes from: the order in which a browser runs them."""
    if name in found:
        return
    if name in takers:
        raise LinkError(" takes from ".join([*takers, name]))
    if name not in files:
        raise LinkError(f"{takers[-1]} takes from {name}, which is not there")
    source = files[name].read_text("utf-8")
    module = _read_library(name, source) if name.startswith("vendor/") else Reading(name, source).read()
    for giver in module.takes:
        _follow(giver, files, found, *takers, name)
    found[name] = module


def _check(module: Module, modules: Mapping[str, Module]) -> None:
    """Refuse what a browser would: a name that no module gives."""
    for giver, names in module.takes.items():
        if missing := set(names) - _given(modules[giver], modules):
            raise LinkError(f"{module.name} takes {', '.join(sorted(missing))} from {giver}, which does not give it")


def _given(module: Module, modules: Mapping[str, Module]) -> set[str]:
    return set(module.gives).union(*(_given(modules[name], modules) for name in module.passes))


def _pairs(names: str) -> list[tuple[str, str]]:
    """Give the two names of each: "a, b as c" is a, a and b, c."""
    return [(name, as_ or name) for name, _, as_ in (one.strip().partition(" as ") for one in names.split(","))]


def _object(pairs: Iterable[tuple[str, str]], *others: str) -> str:
    return f"{{ {', '.join([*(name if name == as_ else f'{name}: {as_}' for name, as_ in pairs), *others])} }}"


def _read_library(name: str, source: str) -> Module:
    module = Module(name)
    text = VENDORED_IMPORT.sub(
        lambda found: module.take(found["names"], found["source"]), SOURCE_MAP.sub("", source).strip()
    )
    end = VENDORED_EXPORT.search(text)
    if end is None or OTHER_FORM.search(text, 0, end.start()):
        raise LinkError(f"{name}: a library does not begin with what it imports, or end with what it exports")
    module.gives = {"default": end["function"]} if end["function"] else {as_: own for own, as_ in _pairs(end["names"])}
    return module.close(f"// Its licence: {posixpath.dirname(name)}/LICENSE\n{text[: end.start()]}")


class Reading:
    """Rewrites one module of our own."""

    def __init__(self, name: str, source: str) -> None:
        self._module = Module(name)
        self._source = source
        self._open: list[str] = []  # "{" of code, "${" of code in a template

    def read(self) -> Module:
        """Replace what has a meaning beyond the module, and leave out comments."""
        pieces: list[str] = []
        position = 0
        while (begin := BEGIN.search(self._source, position)) and (found := CODE.match(self._source, begin.start())):
            pieces += self._source[position : found.start()], self._replace(found)
            position = found.end()
            if found["mark"] and self._goes_on_as_template(found):
                position = self._end_of_template(found.end())
                pieces.append(self._source[found.end() : position])
        if self._open:
            raise self._error(len(self._source) - 1, "a brace is open at the end")
        return self._module.close("".join(pieces) + self._source[position:])

    def _replace(self, found: re.Match[str]) -> str:
        module = self._module
        match found.lastgroup:
            case "imported":
                return module.take(found["names"] or f"default as {found['default']}", found["source"])
            case "passed" if found["some"]:
                module.gives.update((as_, as_) for _, as_ in _pairs(found["some"]))
                return module.take(found["some"], found["giver"])
            case "passed":
                module.passes.append(module.path_of(found["giver"]))
                module.takes.setdefault(module.path_of(found["giver"]), [])
                return ""
            case "exported":
                module.gives[found["name"]] = found["name"]
                return ""
            case "opened":
                module.opens.append(module.path_of(found["view"]))
                return f'$open("{module.opens[-1]}")'
            case "comment":
                return ""
            case "refused":
                raise self._error(found.start(), "this can't be linked")
        return found[0]

    def _goes_on_as_template(self, found: re.Match[str]) -> bool:
        match found["mark"]:
            case "{":
                self._open.append("{")
                return False
            case "}" if not self._open:
                raise self._error(found.start(), "a brace too many")
            case "}":
                return self._open.pop() == "${"
        return True

    def _end_of_template(self, position: int) -> int:
        found = TEMPLATE.match(self._source, position)
        if found is None:
            raise self._error(position, "this text never ends")
        if found[1] == "${":
            self._open.append("${")
        return found.end()

    def _error(self, position: int, why: str) -> LinkError:
        number = self._source.count("\n", 0, position) + 1
        return LinkError(f"{self._module.name}, line {number}: {why}: {self._source.splitlines()[number - 1].strip()}")
