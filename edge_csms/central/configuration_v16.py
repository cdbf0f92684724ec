"""Settings in the words of OCPP 1.6 (§5.3, §5.8), what charge points say of them, and frames without secrets."""

from typing import Any

import msgspec

from edge_csms.central.context import Context, Follower
from edge_csms.central.live import LiveChargePoint
from edge_csms.central.security_v16 import SecuritySettings
from edge_csms.domain.errors import Refusal
from edge_csms.domain.model import fold
from edge_csms.ocpp.operation import Request
from edge_csms.ocpp.v16.core import (
    ChangeConfiguration,
    ChangeConfigurationResponse,
    GetConfiguration,
    GetConfigurationResponse,
)
from edge_csms.services import configuration

TELLING = frozenset(("ChangeConfiguration", "GetConfiguration"))  # Actions that may tell a secret
CONCEALED = "(not shown)"
HEARTBEAT = "HeartbeatInterval"


class Settings:
    """Remembers what charge points answer about their settings, whoever asks."""

    def __init__(self, context: Context) -> None:
        self._database = context.database
        self._clock = context.clock
        self._security = SecuritySettings(context)
        self.followers = {
            "ChangeConfiguration": Follower(before=self._security.before, after=self._after_change),
            "GetConfiguration": Follower(after=self._after_read),
        }

    async def _after_change(
        self, live: LiveChargePoint, request: ChangeConfiguration, outcome: ChangeConfigurationResponse | Refusal
    ) -> None:
        await self._security.after(live, request, outcome)
        if not isinstance(outcome, Refusal):
            if outcome.status == "Accepted":
                _note_heartbeat(live, request.key, request.value)
            written = (request.key, request.value.strip(), str(outcome.status), self._clock.now())
            await self._database.run(configuration.note_written, live.charge_point_id, *written)

    async def _after_read(
        self, live: LiveChargePoint, request: GetConfiguration, outcome: GetConfigurationResponse | Refusal
    ) -> None:
        if not isinstance(outcome, Refusal):
            read, of_all = configuration_read(outcome), not request.key
            for name, value, _ in read.entries:
                _note_heartbeat(live, name, value)
            await self._database.run(configuration.note_read, live.charge_point_id, read, of_all, self._clock.now())


def _note_heartbeat(live: LiveChargePoint, name: str, value: str | None) -> None:
    """Know how long a charge point may be silent from now on."""
    seconds = configuration.read_interval(value) if fold(name) == fold(HEARTBEAT) else None
    if seconds is not None:
        live.heartbeat_seconds = seconds


def read_configuration(names: list[str] | None) -> Request[Any]:
    """Ask for settings, all of them with None (§5.8)."""
    return GetConfiguration(key=names)


def write_configuration(name: str, value: str) -> Request[Any]:
    """Ask to change a setting (§5.3)."""
    return ChangeConfiguration(key=name, value=value)


def configuration_read(answer: GetConfigurationResponse) -> configuration.Read:
    """Read the answer to GetConfiguration; some begin values with a line feed."""
    entries = tuple(
        (one.key, None if one.value is None else one.value.strip(), one.readonly)
        for one in answer.configuration_key or ()
        if one.key
    )
    return configuration.Read(entries, tuple(answer.unknown_key or ()))


def conceal(text: bytes) -> bytes:
    """Give a frame or payload without the values of settings that are secret."""
    if not configuration.is_secret(text.decode(errors="replace")):
        return text
    try:
        return msgspec.json.encode(_concealed(msgspec.json.decode(text)))
    except (msgspec.DecodeError, RecursionError):
        return CONCEALED.encode()  # nobody can say where in it the secret stands


def _concealed(value: Any) -> Any:
    if isinstance(value, list):
        return [_concealed(item) for item in value]
    if not isinstance(value, dict):
        return value
    holds_secret = any(
        name.lower() == "key" and isinstance(key, str) and configuration.is_secret(key) for name, key in value.items()
    )
    hidden = [name for name in value if holds_secret and name.lower() == "value"]
    return {name: CONCEALED if name in hidden else _concealed(item) for name, item in value.items()}
