"""The settings of a charge point (OCPP 1.6 §9): truthful about what can be changed, and when that takes effect."""

import re
from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from edge_csms.ocpp.v16.core import KeyValue

Verdict = Literal["Accepted", "Rejected", "RebootRequired", "NotSupported"]
Check = Callable[[str], bool]


class Setting(msgspec.Struct):
    """One key: its value, and what may be done to it."""

    name: str
    value: str
    readonly: bool = False
    reboot_required: bool = False
    secret: bool = False
    check: Check = lambda value: True


class Configuration:
    """All keys, found without regard to case."""

    def __init__(self, settings: Iterable[Setting]) -> None:
        self._settings = {setting.name.casefold(): setting for setting in settings}

    def text(self, name: str) -> str:
        """Return a value. Raises KeyError if there is no such key."""
        return self._settings[name.casefold()].value

    def number(self, name: str) -> int:
        """Return a value that is a whole number."""
        return int(self.text(name))

    def flag(self, name: str) -> bool:
        """Return a value that is true or false."""
        return self.text(name).casefold() == "true"

    def words(self, name: str) -> list[str]:
        """Return a value that is a list with commas."""
        return [word for part in self.text(name).split(",") if (word := part.strip())]

    def set(self, name: str, value: str, *, readonly: bool = False) -> None:
        """Set a value, or add a key, as the firmware itself does."""
        setting = self._settings.setdefault(name.casefold(), Setting(name, value, readonly))
        setting.value = value

    def remove(self, name: str) -> None:
        """Take a key away, so that this charge point does not know it."""
        del self._settings[name.casefold()]

    def change(self, name: str, value: str) -> Verdict:
        """Change a value as ChangeConfiguration does."""
        setting = self._settings.get(name.casefold())
        if setting is None:
            return "NotSupported"
        if setting.readonly or not setting.check(value):
            return "Rejected"
        setting.value = value
        return "RebootRequired" if setting.reboot_required else "Accepted"

    def read(self, names: list[str] | None) -> tuple[list[KeyValue], list[str]]:
        """Return the settings asked for, all without names, and the names that are not known."""
        if not names:
            return [_shown(setting) for setting in self._settings.values()], []
        known = [setting for name in names if (setting := self._settings.get(name.casefold()))]
        unknown = [name for name in names if name.casefold() not in self._settings]
        return [_shown(setting) for setting in known], unknown


def _shown(setting: Setting) -> KeyValue:
    return KeyValue(key=setting.name, readonly=setting.readonly, value=None if setting.secret else setting.value)


def is_number(value: str) -> bool:
    """Whether a value is a whole number from 0 on."""
    return re.fullmatch(r"[0-9]{1,9}", value) is not None


def is_flag(value: str) -> bool:
    """Whether a value is true or false."""
    return value.casefold() in ("true", "false")


def is_key(value: str) -> bool:
    """Whether a value is an AuthorizationKey: 16 to 20 bytes as hex."""
    return re.fullmatch(r"(?:[0-9A-Fa-f]{2}){16,20}", value) is not None


def _number(name: str, value: int, *, readonly: bool = False, reboot_required: bool = False) -> Setting:
    return Setting(name, str(value), readonly, reboot_required, check=is_number)


def _flag(name: str, value: bool, *, readonly: bool = False) -> Setting:
    return Setting(name, "true" if value else "false", readonly, check=is_flag)


def _words(name: str, value: str, words: frozenset[str]) -> Setting:
    return Setting(name, value, check=lambda new: {word.strip() for word in new.split(",") if word} <= words)


_MEASURANDS = frozenset(
    (
        "Energy.Active.Import.Register",
        "Power.Active.Import",
        "Current.Import",
        "Voltage",
        "Temperature",
        "Frequency",
        "Power.Factor",
        "Current.Offered",
        "Power.Offered",
    )
)
_SAMPLED = "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,Temperature"


def of_a_wallbox(connectors: int, security_profile: int) -> Configuration:
    """Return the settings of a charge point that has all feature profiles."""
    return Configuration((*_core(connectors), *_local_auth_list(), *_smart_charging(), *_security(security_profile)))


def _core(connectors: int) -> Iterable[Setting]:
    return (
        _flag("AllowOfflineTxForUnknownId", False),
        _flag("AuthorizationCacheEnabled", True),
        _flag("AuthorizeRemoteTxRequests", False),
        _number("ClockAlignedDataInterval", 0),
        _number("ConnectionTimeOut", 60),
        Setting("ConnectorPhaseRotation", "0.RST,1.RST"),
        _number("GetConfigurationMaxKeys", 50, readonly=True),
        _number("HeartbeatInterval", 300),
        _flag("LocalAuthorizeOffline", True),
        _flag("LocalPreAuthorize", False),
        _words("MeterValuesAlignedData", "Energy.Active.Import.Register", _MEASURANDS),
        _words("MeterValuesSampledData", _SAMPLED, _MEASURANDS),
        _number("MeterValueSampleInterval", 60),
        _number("NumberOfConnectors", connectors, readonly=True),
        _number("ResetRetries", 3),
        _flag("StopTransactionOnEVSideDisconnect", True),
        _flag("StopTransactionOnInvalidId", True),
        _words("StopTxnAlignedData", "", _MEASURANDS),
        _words("StopTxnSampledData", "Energy.Active.Import.Register", _MEASURANDS),
        Setting(
            "SupportedFeatureProfiles",
            "Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger",
            readonly=True,
        ),
        _number("TransactionMessageAttempts", 3),
        _number("TransactionMessageRetryInterval", 60),
        _flag("UnlockConnectorOnEVSideDisconnect", True),
        _number("WebSocketPingInterval", 0, reboot_required=True),
    )


def _local_auth_list() -> Iterable[Setting]:
    return (
        _flag("LocalAuthListEnabled", True),
        _number("LocalAuthListMaxLength", 500, readonly=True),
        _number("SendLocalListMaxLength", 100, readonly=True),
        _flag("ReserveConnectorZeroSupported", True, readonly=True),
    )


def _smart_charging() -> Iterable[Setting]:
    return (
        _number("ChargeProfileMaxStackLevel", 10, readonly=True),
        Setting("ChargingScheduleAllowedChargingRateUnit", "Current,Power", readonly=True),
        _number("ChargingScheduleMaxPeriods", 24, readonly=True),
        _flag("ConnectorSwitch3to1PhaseSupported", False, readonly=True),
        _number("MaxChargingProfilesInstalled", 30, readonly=True),
    )


def _security(security_profile: int) -> Iterable[Setting]:
    return (
        Setting("AuthorizationKey", "", secret=True, check=is_key),
        _flag("AdditionalRootCertificateCheck", False, readonly=True),
        _number("CertificateSignedMaxChainSize", 10000, readonly=True),
        _number("CertificateStoreMaxLength", 10, readonly=True),
        Setting("CpoName", "", check=lambda value: 0 < len(value) <= 500),
        _number("SecurityProfile", security_profile),
    )
