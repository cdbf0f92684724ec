"""The settings in force: what the environment sets, else the file, else the page, else the defaults."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from edge_csms.central.settings import CentralSettings
from edge_csms.config import Config, ConfigError, ConfigFault, overlay, wording
from edge_csms.domain.accounts import Actor
from edge_csms.domain.errors import Conflict, Invalid
from edge_csms.domain.settings import Effect, Setting, Source
from edge_csms.network_trial import NetworkTrial
from edge_csms.services import settings
from edge_csms.storage.database import Database
from edge_csms.web.parts import WebSettings
from edge_csms.web.ports import CannotListen
from edge_csms.web.tls import TlsUnusable

log = logging.getLogger(__name__)

BY_FILE = "only the configuration file or the environment sets this"
BY_UPLOAD = "a certificate is uploaded, with its key"


class SiteSettings:
    """What is set and by whom, and how it changes while the server runs."""

    def __init__(self, config: Config, database: Database, trial: NetworkTrial, now: Callable[[], datetime]) -> None:
        self.config = config  # in force, without what is on trial
        self.faults: list[ConfigFault] = []  # of what is stored and can't be used any more
        self.trial = trial
        self._configured = config
        self._stored: dict[str, Any] = {}
        self._database = database
        self._now = now
        self._apply: Callable[[Config], None] = lambda config: None

    async def load(self, apply: Callable[[Config], None]) -> None:
        """Take what the page has changed from the database. From now on `apply` is told what takes effect at once."""
        self._take(await self._database.look_up(settings.list_configuration))
        for fault in self.faults:
            log.error("a setting that the page has changed is left out: %s", fault)
        self._apply = apply
        apply(self.config)

    def list_(self) -> list[Setting]:
        """Give every key."""
        return [self._setting(key, kind) for key, kind in overlay.list_keys()]

    async def change(self, who: Actor, values: Mapping[str, Any]) -> str | None:
        """Change settings, None = back to the default; where that needs a trial, begin it and give its code.

        Raises Invalid with the keys that are wrong, and then nothing is changed.
        """
        faults = {key: [reason] for key in values if (reason := self._why_read_only(key)) is not None}
        if faults:
            raise Invalid("; ".join(f"{key}: {' '.join(texts)}" for key, texts in faults.items()), faults)
        return await self._change(who, values)

    async def use_certificate(self, who: Actor, certificate: str, key: str) -> str | None:
        """Show the certificate in these files; "" = that of the site's own authority."""
        if place := self._configured.given.get("tls.certificate"):
            raise Conflict(f"the certificate is set by {place}: change it there")
        return await self._change(who, {"tls.certificate": certificate or None, "tls.key": key or None})

    async def confirm(self, code: str, scheme: str, port: int, who: Actor) -> None:
        """Keep the change that is on trial; `scheme` and `port` say by which way the wish came."""
        self._adopt(await self.trial.confirm(code, scheme, port, who))

    async def _change(self, who: Actor, values: Mapping[str, Any]) -> str | None:
        wanted = self._with(values)
        changed = {key: value for key, value in values.items() if overlay.get(wanted, key) != self._value(key)}
        tried = {key: value for key, value in changed.items() if key in overlay.NETWORK}
        if not (wanted.tls.enabled or self.config.tls.enabled):  # what nobody can reach need not be tried
            tried = {key: value for key, value in tried.items() if not key.startswith("tls.")}
        kept = {key: value for key, value in values.items() if key not in tried}
        code = await self._try(wanted, tried, who) if tried else None
        if kept:
            await self._database.run(settings.change_configuration, self._now(), who, kept)
            self._adopt(kept)
        return code

    async def _try(self, wanted: Config, tried: Mapping[str, Any], who: Actor) -> str:
        try:
            return await self.trial.begin(wanted, tried, who)
        except CannotListen as error:
            key = {"[tls] port": "tls.port"}.get(error.setting, "server.port")
            raise Invalid(error.detail, {key: [error.detail]}) from None
        except TlsUnusable as error:
            raise Invalid(error.detail, {"tls.enabled": [error.detail]}) from None

    def _with(self, values: Mapping[str, Any]) -> Config:
        stored = {key: value for key, value in {**self._stored, **values}.items() if value is not None}
        try:
            return overlay.with_values(self._configured, _without(stored, self._configured.given))
        except ConfigError as error:
            faults = {fault.place: [_words(fault)] for fault in error.faults}
            raise Invalid(str(error), faults) from None

    def _adopt(self, values: Mapping[str, Any]) -> None:
        self._take({key: value for key, value in {**self._stored, **values}.items() if value is not None})
        self._apply(self.config)

    def _take(self, stored: dict[str, Any]) -> None:
        self.config, self._stored, self.faults = overlay.lay_over(self._configured, stored)

    def _value(self, key: str) -> Any:
        return overlay.get(self.config, key)

    def _setting(self, key: str, kind: Any) -> Setting:
        choices, least, most = overlay.limits_of(kind)
        return Setting(
            key=key,
            value=self._value(key),
            default=overlay.get(Config(), key),
            source=self._source(key),
            effect=_effect(key),
            read_only=self._why_read_only(key),
            wanted=wording.describe(key, kind),
            choices=choices,
            least=least,
            most=most,
        )

    def _source(self, key: str) -> Source:
        place = self._configured.given.get(key)
        if place is not None:
            return Source.ENVIRONMENT if place.startswith("environment") else Source.FILE
        return Source.PAGE if key in self._stored else Source.DEFAULT

    def _why_read_only(self, key: str) -> str | None:
        if key in self._configured.given:
            return f"set by {self._configured.given[key]}: change it there"
        if key in overlay.OF_UPLOAD:
            return BY_UPLOAD
        if key not in dict(overlay.list_keys()):
            return "is no known key"
        return BY_FILE if _effect(key) == Effect.RESTART else None


def spread(config: Config, central: CentralSettings, web: WebSettings) -> None:
    """Let the parts of the server see what is set, from now on."""
    central.heartbeat_interval_seconds = config.ocpp.heartbeat_interval_seconds
    central.call_timeout_seconds = config.ocpp.call_timeout_seconds
    central.new_charge_points = config.ocpp.new_charge_points
    central.accept_unknown_id_tags = config.ocpp.unknown_id_tags == "accept"
    central.strict = config.ocpp.validation == "strict"
    central.timezone = ZoneInfo(config.site.timezone)
    web.registration = config.auth.registration
    web.site_name, web.timezone = config.site.name, config.site.timezone


def _effect(key: str) -> Effect:
    if key in overlay.NETWORK:
        return Effect.TRIAL
    return Effect.AT_ONCE if key in overlay.AT_ONCE else Effect.RESTART


def _without(values: Mapping[str, Any], keys: Mapping[str, str]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in keys}


def _words(fault: ConfigFault) -> str:
    return fault.explanation + (f" ({fault.hint})" if fault.hint else "")
