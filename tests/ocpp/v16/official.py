"""The official JSON schemas as an oracle: documents that they accept, documents that they refuse, and why."""

import copy
import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

import msgspec
from hypothesis import strategies as st
from jsonschema import FormatChecker
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for

from edge_csms.ocpp.operation import Operation
from edge_csms.ocpp.v16 import OPERATIONS

Schema = dict[str, Any]
Path = tuple[str | int, ...]

PAYLOADS = [payload for operation in OPERATIONS for payload in ((operation, "request"), (operation, "response"))]
PAYLOAD_NAMES = [operation.action + ("" if kind == "request" else "Response") for operation, kind in PAYLOADS]

FORMATS = FormatChecker(formats=())

PRINTABLE = st.characters(exclude_categories=("Cs", "Cc"))
TIMES = st.builds(
    lambda moment, precision, zone: moment.isoformat(timespec=precision) + zone,
    st.datetimes(),
    st.sampled_from(["seconds", "milliseconds", "microseconds"]),
    st.sampled_from(["Z", "+00:00", "-11:30"]),
)
URIS = st.sampled_from(["http://10.0.0.1/log", "ftp://user:a%20b@host:21/x/y.bin", "https://h/?a=b&c#d", "urn:x"])


@FORMATS.checks("date-time", raises=ValueError)
def is_time(text: object) -> bool:
    return datetime.fromisoformat(str(text)).tzinfo is not None and str(text)[10] == "T"


@FORMATS.checks("uri")
def is_uri(text: object) -> bool:
    return bool(urlsplit(str(text)).scheme) and " " not in str(text)


def members_of(struct_type: type[Any]) -> str:
    """Return the names of the members that a payload is written with, in their order."""
    everything = struct_type(**dict.fromkeys(struct_type.__struct_fields__, 0))
    return " ".join(json.loads(msgspec.json.encode(everything)))


def struct_of(operation: Operation, kind: str) -> type[Any]:
    return operation.request if kind == "request" else operation.response


def schema_of(operation: Operation, kind: str) -> Schema:
    """Return the schema of a payload, without references and with what is known to be wrong in it put right."""
    name = operation.action + ("" if kind == "request" else "Response")
    text = resources.files("ocpp.v16.schemas").joinpath(f"{name}.json").read_text("utf-8-sig")
    schema = json.loads(text, parse_float=Decimal)
    schema = _resolve(schema, schema.pop("definitions", {}))
    if name == "StopTransaction":
        # The specification has one type MeterValue (§7.33); its schema in MeterValues.json is the complete one.
        values = schema["properties"]["transactionData"]["items"]["properties"]["sampledValue"]
        values["minItems"] = 1
        values["items"]["properties"]["unit"]["enum"].append("Hertz")
    return schema


def validator(schema: Schema) -> Validator:
    return validator_for(schema)(schema, format_checker=FORMATS)


def accepts(schema: Schema, text: bytes | str) -> bool:
    """Return whether the schema accepts a JSON text, its numbers read as decimals: 16.1 is a multiple of 0.1."""
    return validator(schema).is_valid(json.loads(text, parse_float=Decimal))


def documents(schema: Schema) -> st.SearchStrategy[Any]:
    """Generate what the schema accepts."""
    match schema:
        case {"enum": words}:
            return st.sampled_from(words)
        case {"type": "object"}:
            properties = {name: documents(inner) for name, inner in schema.get("properties", {}).items()}
            required = {name: properties.pop(name) for name in schema.get("required", [])}
            return st.fixed_dictionaries(required, optional=properties)
        case {"type": "array", "items": items}:
            return st.lists(documents(items), min_size=schema.get("minItems", 0), max_size=3)
        case {"type": "integer"}:
            return st.integers(-(2**63), 2**63 - 1)
        case {"type": "number"}:
            return st.integers(-(10**6), 10**6).map(lambda tenths: tenths / 10) | st.integers(0, 100)
        case {"type": "boolean"}:
            return st.booleans()
        case {"format": "date-time"}:
            return TIMES
        case {"format": "uri"}:
            return URIS
        case {"type": "string"}:
            return st.text(PRINTABLE, max_size=min(schema.get("maxLength", 60), 60))
    raise AssertionError(f"no documents for {schema}")


@st.composite
def refused_documents(draw: st.DrawFn, schema: Schema) -> tuple[Any, str]:
    """Generate a document with one fault, and the CALLERROR code that it deserves."""
    document = draw(documents(schema))
    faults = [(path, value, code) for path, inner in _places(schema, document) for value, code in _faults(inner)]
    faults += [
        ((*path, "notKnown"), 1, "FormationViolation")
        for path, inner in _places(schema, document)
        if inner["type"] == "object"
    ]
    faults += [
        ((*path, name), ..., "OccurenceConstraintViolation")
        for path, inner in _places(schema, document)
        for name in inner.get("required", [])
    ]
    path, value, code = draw(st.sampled_from(faults))
    return _with(document, path, value), code


def constraints(schema: Schema, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """List everything that a schema asks for, one entry for each place."""
    match schema:
        case {"type": "object"}:
            yield path, {"type": "object", "closed": schema["additionalProperties"] is False}
            for name, inner in schema.get("properties", {}).items():
                yield f"{path}.{name}?", {"required": name in schema.get("required", [])}
                yield from constraints(inner, f"{path}.{name}")
        case {"type": "array", "items": items}:
            yield path, {"type": "array", "minItems": schema.get("minItems", 0)}
            yield from constraints(items, f"{path}[]")
        case {"enum": words}:
            yield path, {"enum": sorted(words)}
        case _:
            yield (
                path,
                {key: schema[key] for key in ("type", "maxLength", "format") if key in schema}
                | {key: float(schema[key]) for key in ("multipleOf",) if key in schema},
            )


def _resolve(schema: Any, definitions: Schema) -> Any:
    match schema:
        case {"$ref": reference}:
            return _resolve(definitions[reference.rpartition("/")[2]], definitions)
        case dict():
            return {key: _resolve(value, definitions) for key, value in schema.items()}
        case list():
            return [_resolve(value, definitions) for value in schema]
        case _:
            return schema


def _places(schema: Schema, document: Any, path: Path = ()) -> Iterator[tuple[Path, Schema]]:
    """List every place of a document with the schema that holds there."""
    yield path, schema
    if isinstance(document, dict):
        for name, value in document.items():
            yield from _places(schema["properties"][name], value, (*path, name))
    elif isinstance(document, list):
        for index, value in enumerate(document):
            yield from _places(schema["items"], value, (*path, index))


def _faults(schema: Schema) -> Iterator[tuple[Any, str]]:
    """List values that a place may not have. A payload that is no object is a fault of its own."""
    match schema["type"]:
        case "object" | "array":
            yield 5, "TypeConstraintViolation"
            if schema.get("minItems"):
                yield [], "OccurenceConstraintViolation"
        case "string":
            yield 5, "TypeConstraintViolation"
            if "enum" in schema:
                yield "Nonsense", "PropertyConstraintViolation"
                yield schema["enum"][0].upper() + " ", "PropertyConstraintViolation"
            if "maxLength" in schema:
                yield "x" * (schema["maxLength"] + 1), "PropertyConstraintViolation"
            if "format" in schema:
                yield "next week", "PropertyConstraintViolation"
        case "integer" | "number" | "boolean":
            yield "5", "TypeConstraintViolation"
            yield None, "TypeConstraintViolation"
            if "multipleOf" in schema:
                yield 16.55, "PropertyConstraintViolation"


def _with(document: Any, path: Path, value: Any) -> Any:
    """Return a copy of a document with one place changed, or removed if the value is `...`."""
    if not path:
        return value
    document = copy.deepcopy(document)
    target = document
    for step in path[:-1]:
        target = target[step]
    if value is ...:
        del target[path[-1]]
    else:
        target[path[-1]] = value
    return document
