"""Settings: config.toml and the environment become frozen structs, or a list of every fault with its place."""

from edge_csms.config.reading import ConfigError, ConfigFault, load
from edge_csms.config.settings import SECTIONS, Config

__all__ = ["SECTIONS", "Config", "ConfigError", "ConfigFault", "load"]
