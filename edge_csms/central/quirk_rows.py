"""The rows that come with the program: makes and models that are known to need more than the rule.

A row stands here only where the rule, made for every charger, does not carry a real one. Names are written as these
chargers send them in BootNotification.
"""

from edge_csms.central.quirks import ADVICE, Quirk

WALLBOX = "Wall Box Chargers*|Wallbox*"
OLD_ABB_TERRA_AC = "*V1.[0-7].*|*V1.8.?|*V1.8.1?|*V1.8.2[01]|1.[0-7].*|1.8.?|1.8.1?|1.8.2[01]"

ROWS = (
    Quirk(
        vendor="*JIGU*|*WeGood*",
        switch="close_abruptly",
        reason="this make does not connect again after a polite Close, only after a lost connection",
        source="lbbrhzn/ocpp#1975 (firmware 1.4)",
    ),
    Quirk(
        vendor=WALLBOX,
        firmware="6.6.*",
        switch="hold_after_boot_seconds",
        value=5.0,
        reason="firmware 6.6 boots in a loop when it is asked anything before it has digested the answer to its boot",
        source="lbbrhzn/ocpp#1503, #1510",
    ),
    Quirk(
        vendor=WALLBOX,
        switch="relative_profiles",
        reason="this make ignores or rejects charging profiles that are not Relative",
        source="evcc-io/evcc#25042",
    ),
    Quirk(
        vendor="ABB*",
        model="*TAC*|*Terra AC*",
        firmware=OLD_ABB_TERRA_AC,
        switch="no_set_up",
        reason="firmware up to 1.8.21 restarts when its settings are asked for or measurands are tried out",
        source="lbbrhzn/ocpp#1275, evcc-io/evcc#15533",
    ),
    Quirk(
        vendor="ABB*",
        model="*TAC*|*Terra AC*",
        firmware="*V1.8.*|1.8.*",
        switch="max_stack_level",
        value=0,
        reason="firmware 1.8 rejects charging profiles above stack level 0, whatever its settings say",
        source="evcc-io/evcc#15493",
    ),
    Quirk(
        vendor="Huawei*",
        switch="limit_unit",
        value="W",
        reason="this make takes limits of power only",
        source="evcc-io/evcc template ocpp-huawei, lbbrhzn/ocpp#1810",
    ),
    Quirk(
        model="ACChargePoint",
        vendor="",
        switch="limit_unit",
        value="W",
        reason="this is a Huawei SCharger, which names no make, and takes limits of power only",
        source="evcc-io/evcc#32170",
    ),
    Quirk(
        vendor="Alfen*",
        switch="hex_remote_tags",
        reason="this make rejects a remote start for an idTag that no RFID card could have",
        source="lbbrhzn/ocpp#514",
    ),
    Quirk(
        vendor="*Teison*",
        switch=ADVICE,
        value="After a loss of Wi-Fi it does not come back by itself: switch its power off and on.",
        reason="this make does not connect again after a loss of Wi-Fi",
        source="lbbrhzn/ocpp, supported devices",
    ),
    Quirk(
        vendor="*Autel*",
        switch=ADVICE,
        value="For wss:// its own app must have been given the server's root certificate; without it, it never calls.",
        reason="this make drops an encrypted connection without a word when it does not know the certificate",
        source="lbbrhzn/ocpp, supported devices",
    ),
    Quirk(
        vendor="*Autel*|*Ocular*",
        switch=ADVICE,
        value="After a remote stop it takes no remote start until the plug was pulled: to pause, set a limit of 0 A.",
        reason="this make stays Finishing after a remote stop",
        source="lbbrhzn/ocpp, supported devices",
    ),
    Quirk(
        vendor="*United Chargers*|*Grizzl*",
        switch=ADVICE,
        value="It accepts a limit for the whole charge point and does not keep it: compare with what it meters.",
        reason="this make accepts ChargePointMaxProfile and ignores it",
        source="lbbrhzn/ocpp, supported devices (firmware 3.09)",
    ),
)
