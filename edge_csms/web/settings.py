"""`/api/v1/settings`: what is set, by whom, and what the page changes; a change of the network is on trial first."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from edge_csms.domain.roles import Role
from edge_csms.domain.settings import Effect, Source, Trial, TrialState
from edge_csms.web.hosts import name_of
from edge_csms.web.request import Request
from edge_csms.web.route import Route

Value = bool | int | float | str | list[str]
ANY_ADDRESS = ("", "0.0.0.0", "::")


class SettingItem(msgspec.Struct, kw_only=True):
    """One key: its value in force, where that comes from, whether the page may change it, and when it takes effect."""

    key: str
    value: Value
    default: Value
    source: Source
    effect: Effect
    read_only: bool
    reason: str | None  # why it is read-only
    wanted: str  # what a value must be
    choices: list[str] | None
    least: float | None
    most: float | None


class TrialItem(msgspec.Struct, kw_only=True):
    """The last change of port, address or TLS. While it is running it has to be confirmed at `url` within the time."""

    state: TrialState
    began_at: datetime
    values: dict[str, Value | None]
    url: str
    seconds_left: float
    elsewhere: int  # chargers that are connected by an address which this change would take away
    code: str | None = None  # for whoever began it: confirms it


class Settings(msgspec.Struct, kw_only=True):
    """All settings, and the last change of the network since the start."""

    items: list[SettingItem]
    trial: TrialItem | None


class LastTrial(msgspec.Struct):
    """The last change of the network; null where there was none since the start."""

    trial: TrialItem | None


class SettingsChange(msgspec.Struct, forbid_unknown_fields=True):
    """New values by "section.key"; null gives a key back to its default."""

    values: Annotated[dict[str, Value | None], Meta(max_length=100)]


class Confirmation(msgspec.Struct, forbid_unknown_fields=True):
    """The code of the change that is on trial."""

    code: Annotated[str, Meta(max_length=200)]


async def list_settings(request: Request) -> Settings:
    """List all settings."""
    return _settings(request)


async def change_settings(request: Request, body: SettingsChange) -> Settings:
    """Change settings; those of the network are tried at once, and come back by themselves unless confirmed."""
    code = await request.parts.site_settings.change(request.actor, body.values)
    return _settings(request, code)


async def get_trial(request: Request) -> LastTrial:
    """Show the last change of the network."""
    return LastTrial(trial_item(request))


async def confirm_trial(request: Request, body: Confirmation) -> LastTrial:
    """Keep what is on trial. The code is the proof, so that a login at the new address need not come first."""
    who = request.actor_named("")
    await request.parts.site_settings.confirm(body.code, request.scheme, request.port, who)
    return LastTrial(trial_item(request))


async def take_trial_back(request: Request) -> LastTrial:
    """Go back from what is on trial at once."""
    await request.parts.site_settings.trial.take_back(request.actor)
    return LastTrial(trial_item(request))


def trial_item(request: Request, code: str | None = None) -> TrialItem | None:
    """Show the last change of the network as this caller sees it; the code only to whoever began it."""
    trial = request.parts.site_settings.trial.last
    if trial is None:
        return None
    return TrialItem(
        state=trial.state,
        began_at=trial.began_at,
        values=dict(trial.values),
        url=_url(trial, name_of(request.charger_url.partition("://")[2])),
        seconds_left=trial.seconds_left,
        elsewhere=_count_elsewhere(request, trial),
        code=code,
    )


def _settings(request: Request, code: str | None = None) -> Settings:
    items = [
        SettingItem(
            key=one.key,
            value=one.value,
            default=one.default,
            source=one.source,
            effect=one.effect,
            read_only=one.read_only is not None,
            reason=one.read_only,
            wanted=one.wanted,
            choices=None if one.choices is None else list(one.choices),
            least=one.least,
            most=one.most,
        )
        for one in request.parts.site_settings.list_()
    ]
    return Settings(items=items, trial=trial_item(request, code))


def _url(trial: Trial, called: str) -> str:
    """Give the page's address there: by the name that the caller uses, unless that may lead there no more."""
    network, host = trial.network, called
    if "server.host" in trial.values and network.host not in ANY_ADDRESS:
        host = network.host
    port = network.tls_port if network.tls else network.port
    return f"{network.scheme}://{f'[{host}]' if ':' in host else host}:{port}/"


def _count_elsewhere(request: Request, trial: Trial) -> int:
    places = {("http", trial.network.port)} | ({("https", trial.network.tls_port)} if trial.network.tls else set())
    reached = [live.reached_at for live in request.parts.central.connected()]
    return sum(one is not None and (one.scheme, one.port) not in places for one in reached)


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/settings",
        function=list_settings,
        role=Role.VIEWER,
        returns=Settings,
        summary="List the settings",
    ),
    Route(
        method="PATCH",
        path="/api/v1/settings",
        function=change_settings,
        role=Role.ADMIN,
        body=SettingsChange,
        returns=Settings,
        errors=(409,),
        summary="Change settings",
    ),
    Route(
        method="GET",
        path="/api/v1/settings/trial",
        function=get_trial,
        role=Role.VIEWER,
        returns=LastTrial,
        summary="Show the last change of the network",
    ),
    Route(
        method="POST",
        path="/api/v1/settings/trial/confirm",
        function=confirm_trial,
        role=None,
        body=Confirmation,
        returns=LastTrial,
        errors=(403, 404, 409),
        summary="Keep the change of the network that is on trial",
    ),
    Route(
        method="DELETE",
        path="/api/v1/settings/trial",
        function=take_trial_back,
        role=Role.ADMIN,
        returns=LastTrial,
        errors=(404,),
        summary="Go back from the change of the network that is on trial",
    ),
]
