"""The path of a charger's URL: which identity it names, whether it is as usual, and how it may be shown and logged."""

import re
from urllib.parse import unquote_to_bytes

BARE_PATHS = ("", "ws", "ocpp", "ws/ocpp")  # the fixed part of the usual ones alone
USUAL_PATH = re.compile(r"/(ws/)?ocpp/[^/]+/?")
BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# A whole URL as the path may hold a password, and a ? that was percent-encoded makes a query part of the path.
SECRETS = (
    re.compile(r"(?<=//)[^/@]*(?=@)"),
    re.compile(r"(?<=token=)[^&/]+|(?<=token%3D)[^&/]+", re.IGNORECASE),
)
NOT_SHOWN = "..."


def identity_of(path: str) -> str | None:
    """Give the identity in a path: its last non-empty segment, percent-decoded once; None where there is none."""
    segment = next((part for part in reversed(path.split("/")) if part), "")
    if BAD_PERCENT.search(segment):
        return None
    try:
        identity = unquote_to_bytes(segment).decode()
    except UnicodeDecodeError:
        return None
    return None if is_bare(path) else identity


def is_bare(path: str) -> bool:
    """Say whether a path names nobody."""
    return path.strip("/").lower() in BARE_PATHS


def is_usual(path: str) -> bool:
    """Say whether a path is one of those that the manual names."""
    return USUAL_PATH.fullmatch(path) is not None


def without_secrets(text: str) -> str:
    """Give a path, or an identity out of one, without the secrets that it may hold."""
    for secret in SECRETS:
        text = secret.sub(NOT_SHOWN, text)
    return text
