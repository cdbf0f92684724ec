"""The OpenAPI 3.1 document, made from the same routes that serve the API."""

import http
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from edge_csms import VERSION
from edge_csms.web.request import Content, Request
from edge_csms.web.route import PLACEHOLDER, Route

Schema = dict[str, Any]

TITLE = "edge-csms"
ANY_CALLER = (421, 500, 503)
PROBLEM = {
    "type": "object",
    "description": "RFC 9457; `errors` names the wrong fields of the request.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
    },
    "required": ["type", "title", "status", "detail"],
}
SEED_ERROR = {
    "type": "object",
    "description": "Either `detail`, or the wrong fields of the request, each with what is wrong with it.",
}
ERROR_CONTENT = {
    "v1": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    "seed": {"application/json": {"schema": {"$ref": "#/components/schemas/SeedError"}}},
}


def openapi_route(routes: Sequence[Route]) -> Route:
    """Make the route that serves the document of all `routes` and itself."""
    documented, encoded = list(routes), b""

    async def get_openapi(request: Request) -> Content:
        nonlocal encoded
        encoded = encoded or msgspec.json.encode(document(documented))
        return Content("application/json", encoded)

    own = Route(
        method="GET",
        path="/api/openapi.json",
        function=get_openapi,
        role=None,
        summary="This document",
        returns=dict[str, Any],
    )
    documented.append(own)
    return own


def document(routes: Sequence[Route]) -> Schema:
    """Make the document. Raises ValueError when two routes have the same name."""
    names = [route.operation_id for route in routes]
    if doubled := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"routes of the same name: {', '.join(sorted(doubled))}")
    types = list(_types(routes))
    schemas, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    schema_of = {_key(kind): schema for kind, schema in zip(types, schemas, strict=True)}
    paths: dict[str, Schema] = {}
    for route in routes:
        path = PLACEHOLDER.sub(r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, schema_of, components)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": VERSION, "description": "An OCPP central system at the charging site."},
        "paths": paths,
        "components": {
            "schemas": {**components, "Problem": PROBLEM, "SeedError": SEED_ERROR},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def statuses(route: Route) -> list[int]:
    """List every status but success that a route may answer with, those that follow from its declaration too."""
    found = {*ANY_CALLER, *route.errors}
    if PLACEHOLDER.search(route.path):
        found |= {400, 404}
    if route.query is not None:
        found.add(400)
    if route.body is not None:
        found |= {400, 413, 415}
    if route.role is not None:
        found |= {401, 403}
    if route.method != "GET":
        found.add(403)  # a page of another origin
    return sorted(found)


def _types(routes: Iterable[Route]) -> Iterator[Any]:
    for route in routes:
        yield from (kind for kind in (route.body, route.query, *_returned(route)) if kind is not None)


def _returned(route: Route) -> tuple[Any, ...]:
    return route.returns if isinstance(route.returns, tuple) else (route.returns,)


def _key(kind: Any) -> Any:
    return kind if isinstance(kind, type) else repr(kind)


def _operation(route: Route, schema_of: dict[Any, Schema], components: Schema) -> Schema:
    operation: Schema = {
        "operationId": route.operation_id,
        "summary": route.summary,
        "tags": [_tag(route.path)],
        "responses": {str(route.status): _success(route, schema_of)},
    }
    for status in statuses(route):
        phrase = http.HTTPStatus(status).phrase
        operation["responses"][str(status)] = {"description": phrase, "content": ERROR_CONTENT[route.style]}
    if parameters := [*_path_parameters(route), *_query_parameters(route, schema_of, components)]:
        operation["parameters"] = parameters
    if route.body is not None and route.receiver is not None:
        operation["requestBody"] = {
            "required": True,
            "content": _file_content(_component(route.body, schema_of, components)),
        }
    elif route.body is not None:
        required = any(info.required for info in msgspec.structs.fields(route.body))
        content = {"application/json": {"schema": schema_of[_key(route.body)]}}
        operation["requestBody"] = {"required": required, "content": content}
    if route.role is not None:
        operation["security"] = [{"bearer": []}]
        operation["description"] = f"Needs the role {route.role}."
    return operation


def _file_content(form: Schema) -> Schema:
    """Describe a body that is a file, or a form with a file in it."""
    file = {"type": "string", "format": "binary"}
    required = [*form.get("required", []), "file"]
    fields = {**form, "properties": {**form["properties"], "file": file}, "required": required}
    return {"application/octet-stream": {"schema": file}, "multipart/form-data": {"schema": fields}}


def _tag(path: str) -> str:
    return re.sub(r"^/(api/)?(v1/)?", "", path).partition("/")[0].partition(".")[0]


def _success(route: Route, schema_of: dict[Any, Schema]) -> Schema:
    success: Schema = {"description": http.HTTPStatus(route.status).phrase}
    schemas = [schema_of[_key(kind)] for kind in _returned(route) if kind is not None]
    if schemas:
        success["content"] = {route.content_type: {"schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas}}}
    elif route.status != 204:
        success["content"] = {route.content_type: {}}
    return success


def _path_parameters(route: Route) -> Iterator[Schema]:
    for name, is_number in PLACEHOLDER.findall(route.path):
        schema: Schema = {"type": "string", "minLength": 1}
        if is_number:
            schema = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameters(route: Route, schema_of: dict[Any, Schema], components: Schema) -> Iterator[Schema]:
    if route.query is None:
        return
    properties = _component(route.query, schema_of, components)["properties"]
    for info in msgspec.structs.fields(route.query):
        schema = _without_null(properties[info.encode_name])
        description = schema.pop("description", "")
        parameter = {"name": info.encode_name, "in": "query", "required": info.required, "schema": schema}
        yield parameter | ({"description": description} if description else {})


def _component(kind: type[msgspec.Struct], schema_of: dict[Any, Schema], components: Schema) -> Schema:
    component: Schema = components[schema_of[kind]["$ref"].rpartition("/")[2]]
    return component


def _without_null(schema: Schema) -> Schema:
    """Give what may be sent in a query, where null has no spelling: the parameter is left out instead."""
    kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    if len(kinds) == 1:
        return dict(kinds[0])
    return {**schema, **({"anyOf": kinds} if kinds else {})}
