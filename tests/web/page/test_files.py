"""The admin page's files: catalogues that agree, modules that say what they are, libraries that are what they claim."""

import hashlib
import json
import re

import pytest

from edge_csms.web.page_files import ROOT

MODULES = sorted(path for path in ROOT.rglob("*.js") if "vendor" not in path.parts)
CATALOGUES = {path.stem: json.loads(path.read_text()) for path in (ROOT / "lang").glob("*.json")}
LONGEST_MODULE = 200

# In code: t("key"), has("key"); word("group", ...) and t(`group.${...}`) stand for every key of the group.
KEY = re.compile(r'"([a-z][\w-]*(?:\.[\w-]+)*)"')
GROUP = re.compile(r'word\("(\w+)"|`(\w+)\.\$\{')


def names_in(text):
    return set(re.findall(r"\{(\w+)\}", json.dumps(text)))


@pytest.mark.parametrize("language", sorted(CATALOGUES))
def test_every_catalogue_has_the_same_messages_with_the_same_gaps(language):
    ours, english = CATALOGUES[language], CATALOGUES["en"]
    assert ours.keys() - {"said"} == english.keys()  # the server's sentences are English already
    assert {key for key in english if names_in(ours[key]) != names_in(english[key])} == set()


def test_code_and_catalogues_name_the_same_messages():
    text = "\n".join(path.read_text() for path in MODULES)
    groups = {first or second for first, second in GROUP.findall(text)}
    said = set(KEY.findall(text))
    asked = set(re.findall(r'\bt\(\s*"([^"]+)"', text))
    keys = CATALOGUES["en"].keys()
    assert asked - keys == set()
    assert {key for key in keys if key not in said and key.split(".")[0] not in groups} == set()


def test_every_module_begins_with_what_it_is_and_is_short():
    for path in MODULES:
        lines = path.read_text().splitlines()
        assert re.match(r"// [A-Z].*", lines[0]), path
        assert len(lines) <= LONGEST_MODULE, path


def test_nothing_is_ever_drawn_as_html_or_run_from_text():
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|eval\(|new Function"
    )
    assert [path.name for path in MODULES if forbidden.search(path.read_text())] == []


def test_libraries_are_the_files_that_their_list_names():
    listed = (ROOT / "vendor/VENDORED.md").read_text()
    rows = dict(re.findall(r"^\| (\S+) \|.*\| `([0-9a-f]{64})` \|$", listed, re.MULTILINE))
    files = [path for path in (ROOT / "vendor").rglob("*") if path.is_file() and path.suffix in {".js", ".css"}]
    digests = {str(path.relative_to(ROOT / "vendor")): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    assert digests == rows
    assert all((path.parent / "LICENSE").exists() for path in files)
