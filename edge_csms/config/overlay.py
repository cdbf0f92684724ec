"""The settings that the admin page may change: they count where neither the file nor the environment sets them."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec.inspect import FloatType, IntType, LiteralType, type_info
from msgspec.structs import fields

from edge_csms.config import wording
from edge_csms.config.reading import ConfigError, ConfigFault, find_contradictions
from edge_csms.config.settings import SECTIONS, Config

# Of these a wrong value would lock people and chargers out, so they are tried before they are kept.
NETWORK = frozenset(("server.host", "server.port", "tls.enabled", "tls.port", "tls.certificate", "tls.key"))
AT_ONCE = frozenset(
    (
        "site.name",
        "site.timezone",
        "server.allowed_hosts",
        "ocpp.new_charge_points",
        "ocpp.unknown_id_tags",
        "ocpp.heartbeat_interval_seconds",
        "ocpp.call_timeout_seconds",
        "ocpp.validation",
        "auth.registration",
        "auth.access_token_minutes",
        "auth.refresh_token_days",
        "mdns.enabled",
        "mdns.name",
        "log.level",
    )
)
OF_UPLOAD = frozenset(("tls.certificate", "tls.key"))  # files that came through the page, which names no paths


def list_keys() -> Iterator[tuple[str, Any]]:
    """Give every key, as "section.key", with the type of its value."""
    for section, struct in SECTIONS.items():
        for field in fields(struct):
            yield f"{section}.{field.name}", field.type


def get(config: Config, key: str) -> Any:
    """Give the value of a key, as JSON has it."""
    section, _, name = key.partition(".")
    value = getattr(getattr(config, section), name)
    return list(value) if isinstance(value, tuple) else value


def with_values(config: Config, values: Mapping[str, Any]) -> Config:
    """Give the settings with some values in place of those that the page may change; raises ConfigError."""
    types = dict(list_keys())
    sections: dict[str, dict[str, Any]] = {}
    faults: list[ConfigFault] = []
    for key, value in values.items():
        section, _, name = key.partition(".")
        if key not in NETWORK | AT_ONCE:
            faults.append(ConfigFault(key, "can't be changed here" if key in types else "is no known key"))
            continue
        try:
            sections.setdefault(section, {})[name] = msgspec.convert(value, types[key])
        except msgspec.ValidationError:
            explanation = f"must be {wording.describe(key, types[key])}, not {wording.show(value)}"
            faults.append(ConfigFault(key, explanation, wording.hint_at_value(value, types[key])))
    changed = {name: msgspec.structs.replace(getattr(config, name), **fields) for name, fields in sections.items()}
    result = msgspec.structs.replace(config, **changed)
    faults += [ConfigFault(key, explanation, hint) for key, explanation, hint in find_contradictions(result)]
    if faults:
        raise ConfigError(faults)
    return result


def lay_over(config: Config, stored: Mapping[str, Any]) -> tuple[Config, dict[str, Any], list[ConfigFault]]:
    """Give the settings with what is stored, what of that counts, and the faults of what can't be used.

    What can't be used any more must not keep a site from starting: a value of an older version, a certificate that a
    restored backup doesn't hold, a port that the file gives to the other protocol meanwhile.
    """
    left = {key: value for key, value in stored.items() if key not in config.given}
    faults: list[ConfigFault] = []
    while left:
        try:
            return with_values(config, left), left, faults
        except ConfigError as error:
            faults += error.faults
            wrong = {fault.place for fault in error.faults}
            if wrong & NETWORK:
                wrong |= NETWORK  # half of a network setting is none
            left = {key: value for key, value in left.items() if key not in wrong}
    return config, {}, faults


def limits_of(kind: Any) -> tuple[tuple[str, ...] | None, float | None, float | None]:
    """Give the choices, the least and the most of a value of this type, as far as there are such."""
    match type_info(kind):
        case LiteralType(values):
            return tuple(map(str, values)), None, None
        case IntType(ge=least, le=most) | FloatType(ge=least, le=most):
            return None, least, most
    return None, None, None
