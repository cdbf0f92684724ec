"""Tests of every payload of OCPP 1.6 against the official JSON schemas, in both directions."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import inspect

from edge_csms.ocpp import codec
from edge_csms.ocpp.errors import FormationViolation, WireError
from edge_csms.ocpp.v16 import OPERATIONS
from tests.ocpp.v16 import official
from tests.ocpp.v16.official import PAYLOAD_NAMES, PAYLOADS, PRINTABLE, TIMES, URIS

each_payload = pytest.mark.parametrize(("operation", "kind"), PAYLOADS, ids=PAYLOAD_NAMES)
few_examples = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def values(shape: inspect.Type, extra: dict[str, Any] | None = None) -> st.SearchStrategy[Any]:
    """Generate what our own types allow."""
    match shape:
        case inspect.StructType(fields=fields):
            return st.builds(shape.cls, **{field.name: values(field.type) for field in fields})
        case inspect.ListType(item_type=item):
            return st.lists(values(item), min_size=shape.min_length or 0, max_size=3)
        case inspect.Metadata(inner, extra):
            return values(inner, extra)
        case inspect.UnionType(types):
            return st.one_of(*map(values, types))
        case inspect.LiteralType(words):
            return st.sampled_from(words)
        case inspect.NoneType():
            return st.none()
        case inspect.BoolType():
            return st.booleans()
        case inspect.IntType():
            return st.integers(shape.ge, shape.le)
        case inspect.FloatType():
            return st.integers(-(10**6), 10**6).map(lambda tenths: tenths / 10)
        case inspect.StrType() if extra:
            return {"date-time": TIMES, "uri": URIS}[extra["format"]]
        case inspect.StrType():
            return st.text(PRINTABLE, max_size=min(shape.max_length or 60, 60))
    raise AssertionError(f"no values for {shape}")


def constraints(shape: inspect.Type, path: str = "", extra: dict[str, Any] | None = None) -> Iterator[tuple[str, dict]]:
    """List everything that our own types ask for, in the words of the schemas."""
    match shape:
        case inspect.StructType(fields=fields):
            yield path, {"type": "object", "closed": shape.forbid_unknown_fields}
            for field in fields:
                yield f"{path}.{field.encode_name}?", {"required": field.required}
                yield from constraints(field.type, f"{path}.{field.encode_name}")
        case inspect.ListType(item_type=item):
            yield path, {"type": "array", "minItems": shape.min_length or 0}
            yield from constraints(item, f"{path}[]")
        case inspect.Metadata(inner, extra):
            yield from constraints(inner, path, extra)
        case inspect.UnionType(types):
            (present,) = (member for member in types if not isinstance(member, inspect.NoneType))
            yield from constraints(present, path)
        case inspect.LiteralType(words):
            yield path, {"enum": sorted(words)}
        case inspect.StrType(max_length=max_length):
            yield path, {"type": "string"} | ({"maxLength": max_length} if max_length else {}) | (extra or {})
        case _:
            names = {inspect.BoolType: "boolean", inspect.IntType: "integer", inspect.FloatType: "number"}
            yield path, {"type": names[type(shape)]} | (extra or {})


@each_payload
def test_fields_and_their_limits_are_those_of_the_official_schema(operation, kind):
    ours = dict(constraints(inspect.type_info(official.struct_of(operation, kind))))
    assert ours == dict(official.constraints(official.schema_of(operation, kind)))


@each_payload
@few_examples
@given(data=st.data())
def test_official_schema_accepts_what_we_write(operation, kind, data):
    struct_type = official.struct_of(operation, kind)
    payload = data.draw(values(inspect.type_info(struct_type)))
    text = codec.encode(payload)
    official.validator(official.schema_of(operation, kind)).validate(json.loads(text, parse_float=official.Decimal))
    assert codec.decode(struct_type, text, strict=True) == codec.Decoded(payload)


@each_payload
@few_examples
@given(data=st.data())
def test_we_read_what_the_official_schema_accepts(operation, kind, data):
    schema, struct_type = official.schema_of(operation, kind), official.struct_of(operation, kind)
    document = data.draw(official.documents(schema))
    text = json.dumps(document).encode()
    assert official.accepts(schema, text)
    decoded = codec.decode(struct_type, text, strict=True)
    assert decoded.findings == ()
    assert json.loads(codec.encode(decoded.payload)) == document


@each_payload
@few_examples
@given(data=st.data())
def test_we_refuse_what_the_official_schema_refuses_with_the_code_it_deserves(operation, kind, data):
    schema, struct_type = official.schema_of(operation, kind), official.struct_of(operation, kind)
    document, code = data.draw(official.refused_documents(schema))
    text = json.dumps(document).encode()
    assert not official.accepts(schema, text)
    with pytest.raises(WireError) as caught:
        codec.decode(struct_type, text, strict=True)
    assert caught.value.code == (code if isinstance(document, dict) else FormationViolation.code)
    assert caught.value.description
    assert isinstance(codec.decode(struct_type, text).payload, struct_type)


def test_every_operation_of_the_standard_is_there():
    assert OPERATIONS.subprotocol == "ocpp1.6"
    official_names = {
        path.name.removesuffix(".json")
        for path in official.resources.files("ocpp.v16.schemas").iterdir()
        if path.name.endswith(".json")
    }
    assert set(PAYLOAD_NAMES) == official_names
    assert len(OPERATIONS) == 28 + 11


@pytest.mark.parametrize("operation", list(OPERATIONS), ids=lambda operation: operation.action)
def test_essential_fields_exist_and_are_required(operation):
    required = {field.name for field in msgspec.structs.fields(operation.request) if field.required}
    assert set(operation.essential) <= required
    assert operation.response.__name__ == f"{operation.action}Response"
