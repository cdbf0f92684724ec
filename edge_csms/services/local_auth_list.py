"""What happens with local authorization lists: they are planned, taken or refused, read back, and shown."""

from dataclasses import dataclass
from datetime import datetime

from edge_csms.domain.local_auth_list import (
    DEFAULT_CHUNK,
    UNSUPPORTED,
    Changes,
    LocalAuthList,
    Update,
    apply,
    compare,
    describe_offline,
    make_entries,
    plan,
)
from edge_csms.domain.model import fold
from edge_csms.services import charge_points
from edge_csms.storage import configuration, id_tags, local_auth_list, transactions

PROFILES = "SupportedFeatureProfiles"
PROFILE = "LocalAuthListManagement"
ENABLED = "LocalAuthListEnabled"
MAX_LENGTH = "LocalAuthListMaxLength"
MAX_CHUNK = "SendLocalListMaxLength"
# Settings that say what a charge point takes, and what it does while offline.
SETTINGS = (
    PROFILES,
    ENABLED,
    MAX_LENGTH,
    MAX_CHUNK,
    "LocalAuthorizeOffline",
    "AllowOfflineTxForUnknownId",
    "AuthorizationCacheEnabled",
    "LocalPreAuthorize",
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A list beside what it should be."""

    charge_point_id: str
    known: LocalAuthList
    changes: Changes  # that bring it in step
    left_out: int  # tags for which it has no room
    supported: bool | None
    in_step: bool
    offline: list[str]


def show(charge_point_id: str, now: datetime) -> Shown:
    """Give the list of a charge point and what is wrong with it; raises NotFound."""
    charge_point = charge_points.get(charge_point_id)
    known, tags = local_auth_list.get(charge_point.key), id_tags.list_all()
    wanted = make_entries(tags, now, _number(charge_point.key, MAX_LENGTH))
    changes = compare(known.entries or (), wanted, now)
    supported = _is_supported(charge_point.key, known)
    settings = {name: value for name in SETTINGS if (value := configuration.get_value(charge_point.key, name))}
    return Shown(
        charge_point_id=charge_point.charge_point_id,
        known=known,
        changes=changes,
        left_out=len(tags) - len(wanted),
        supported=supported,
        in_step=supported is not False and known.entries is not None and known.is_confirmed and not changes,
        offline=describe_offline(known, settings, now),
    )


def make_plan(charge_point_id: str, full: bool, now: datetime) -> list[Update]:
    """Give the messages that bring a list in step; raises NotFound."""
    key = charge_points.get(charge_point_id).key
    chunk = _number(key, MAX_CHUNK) or DEFAULT_CHUNK
    wanted = make_entries(id_tags.list_all(), now, _number(key, MAX_LENGTH))
    return plan(local_auth_list.get(key), wanted, now, chunk=chunk, full=full)


def list_unknown_settings(charge_point_id: str) -> list[str]:
    """List the settings that matter here and were never asked for; raises NotFound."""
    key = charge_points.get(charge_point_id).key
    return [name for name in SETTINGS if configuration.get(key, name) is None]


def is_unknown(charge_point_id: str) -> bool:
    """Say whether nobody knows what a list holds; raises NotFound."""
    return local_auth_list.get(charge_points.get(charge_point_id).key).entries is None


def is_switched_off(charge_point_id: str) -> bool:
    """Say whether the charge point has a list and was told not to use it; raises NotFound."""
    return fold(configuration.get_value(charge_points.get(charge_point_id).key, ENABLED) or "") == "false"


def enable(charge_point_id: str, enabled: bool) -> None:
    """Have a list kept in step from now on, or no longer; raises NotFound."""
    local_auth_list.update(charge_points.get(charge_point_id).key, enabled=enabled)


def list_enabled() -> list[str]:
    """List the charge points whose lists are kept in step."""
    return local_auth_list.list_enabled()


def may_be_sent(charge_point_id: str, now: datetime) -> bool:
    """Say whether a list needs sending, to a charge point that takes lists."""
    shown = show(charge_point_id, now)
    return not shown.in_step and shown.supported is not False


def is_idle(charge_point_id: str) -> bool:
    """Say whether nothing charges on a charge point; raises NotFound."""
    return not transactions.find_open(charge_points.get(charge_point_id).key)


def note_taken(charge_point_key: int, update: Update, now: datetime) -> None:
    """Keep that a charge point took an update."""
    entries = apply(local_auth_list.get(charge_point_key).entries, update)
    local_auth_list.update(
        charge_point_key,
        supported=True,
        version=update.version,
        entries=entries,
        sent_at=now,
        version_read=None,
        outcome="It took the list.",
    )


def note_refused(charge_point_key: int, outcome: str, supported: bool | None) -> None:
    """Keep that a charge point did not take an update, and what that says of its taking any; what it had it has."""
    known = local_auth_list.get(charge_point_key)
    supported = known.supported if supported is None else supported
    local_auth_list.update(charge_point_key, supported=supported, outcome=outcome)


def note_silence(charge_point_key: int) -> None:
    """Keep that nobody knows whether a charge point took an update, and so what its list holds."""
    local_auth_list.update(charge_point_key, entries=None, outcome="It did not answer: what it holds is not known.")


def note_version(charge_point_key: int, version: int, now: datetime) -> None:
    """Keep which version a charge point says that it has: an empty list has 0, one that can't be -1."""
    known = local_auth_list.get(charge_point_key)
    columns: dict[str, object] = {"version_read": version, "read_at": now, "supported": version != UNSUPPORTED}
    if version == 0:
        columns["entries"] = ()  # whatever it was: it is empty
    elif version not in (UNSUPPORTED, known.version):
        columns["entries"] = None  # somebody else has sent it a list
    if version == UNSUPPORTED:
        columns["outcome"] = "It says that it can have no list."
    local_auth_list.update(charge_point_key, **columns)


def _is_supported(charge_point_key: int, known: LocalAuthList) -> bool | None:
    """Say whether a charge point takes lists: by its answers, else by the profiles that it names."""
    if known.supported is not None:
        return known.supported
    profiles = configuration.get_value(charge_point_key, PROFILES)
    return None if profiles is None else fold(PROFILE) in {fold(word) for word in profiles.split(",")}


def _number(charge_point_key: int, name: str) -> int | None:
    value = (configuration.get_value(charge_point_key, name) or "").strip()
    return int(value) if value.isdecimal() and int(value) > 0 else None
