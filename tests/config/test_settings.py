"""Settings: what is served without any, and what config.example.toml says of them."""

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from edge_csms.config import SECTIONS, Config, load

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


@pytest.fixture
def uncommented(tmp_path):
    """The example with every key in force."""
    path = tmp_path / "config.toml"
    path.write_text(re.sub(r"^# (\w+ = )", r"\1", EXAMPLE.read_text(), flags=re.MULTILINE))
    return path


def test_the_example_as_it_is_sets_nothing():
    assert load(EXAMPLE, {}) == Config()


def test_the_example_uncommented_sets_every_key_to_its_default(uncommented):
    every_key = {f"{section}.{key}" for section, struct in SECTIONS.items() for key in struct.__struct_fields__}
    config = load(uncommented, {})
    assert set(config.given) == every_key
    assert msgspec.structs.replace(config, given={}) == Config()


def test_the_example_names_the_range_of_every_number(uncommented):
    for section, table in tomllib.loads(uncommented.read_text()).items():
        for key, default in table.items():
            if isinstance(default, int | float) and not isinstance(default, bool) and not key.endswith("port"):
                explanation = explanation_of(section, key)
                assert re.search(r"\([\d.]+ to [\d.]+\)", explanation), f"{section}.{key}: {explanation}"


def explanation_of(section, key):
    block = re.search(rf"^\[{section}\](.*?)^# {key} = ", EXAMPLE.read_text(), re.MULTILINE | re.DOTALL)
    return block[1].rpartition("\n\n")[2]


def test_a_relative_data_directory_counts_from_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Config().data_dir == tmp_path / "edge-csms-data"
