"""Signed meter values: which values are signed, in which format, and what of them is the signed data itself.

A signature holds for the exact text that the meter made. Nothing here changes that text; what wraps it is taken off.
"""

import base64
import binascii
import json
from dataclasses import dataclass

SIGNED = "SignedData"  # the standard's word for the format of such a value (OCPP 1.6 §7.44)
# How the formats begin that chargers send without naming them.
PREFIXES = {"OCMF|": "OCMF", "AP;": "ALFEN"}
WRAPPED = "signedMeterData"
MARKS = tuple(word.encode() for word in (SIGNED, WRAPPED, *PREFIXES))


@dataclass(frozen=True, slots=True)
class SignedData:
    """What a signature covers, with the signature: `encoding` says how `data` is written: plain, base64 or hex."""

    data: str
    format: str | None
    encoding: str
    public_key: str | None = None  # base64, where the charger sent it along


def is_signed(value: str, value_format: str) -> bool:
    """Say whether a metered value is signed: it says so, or it looks so."""
    return value_format == SIGNED or value.startswith(tuple(PREFIXES))


def may_be_in(payload: bytes) -> bool:
    """Say whether there may be a signed value in a payload, at a glance; a few in which there is none pass for one."""
    return any(mark in payload for mark in MARKS)


def unwrap(value: str) -> SignedData:
    """Take off what wraps the signed data: some chargers send it as JSON text, in the shape of OCPP 2.0.1."""
    wrapper = _wrapper(value)
    if wrapper is None:
        return _bare(value)
    method, key = wrapper.get("encodingMethod"), wrapper.get("publicKey")
    inner = _from_base64(str(wrapper[WRAPPED]))
    found = SignedData(str(wrapper[WRAPPED]), None, "base64") if inner is None else _bare(inner)
    named = found.format or (str(method) if method else None)
    return SignedData(found.data, named, found.encoding, str(key) if key else None)


def _bare(data: str) -> SignedData:
    known = next((name for prefix, name in PREFIXES.items() if data.startswith(prefix)), None)
    is_hex = known is None and len(data) % 2 == 0 and data != "" and all(c in "0123456789abcdefABCDEF" for c in data)
    return SignedData(data, known, "hex" if is_hex else "plain")


def _wrapper(value: str) -> dict[str, object] | None:
    if not value.lstrip().startswith("{"):
        return None
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get(WRAPPED), str) else None


def _from_base64(text: str) -> str | None:
    """Give the text that is meant, None where it is no text."""
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return None
