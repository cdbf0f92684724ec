"""The OpenAPI document says what the routes do."""

from typing import Annotated, Any, get_args

import jsonschema
import msgspec
import pytest

from edge_csms.domain.roles import Role
from edge_csms.web import audit, auth, registration, users
from edge_csms.web.openapi import document, openapi_route, statuses
from edge_csms.web.paging import PageQuery
from edge_csms.web.request import Request
from edge_csms.web.route import Method, Route
from tests.web.conftest import MakeSite

ROUTES = [*auth.ROUTES, *registration.ROUTES, *users.ROUTES, *audit.ROUTES]


class Thing(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    size: Annotated[int, msgspec.Meta(ge=0)]
    note: str | None = None


class ThingQuery(PageQuery):
    open: bool | None = None


async def act(request: Request) -> Thing:
    """Do something."""
    return Thing(size=1)


def route(method: Method, path: str, **more: Any) -> Route:
    return Route(method=method, path=path, function=act, summary="Act", **{"role": None, **more})


async def test_the_document_is_served_and_names_every_route_and_itself(make_site: MakeSite) -> None:
    site = await make_site([*ROUTES, openapi_route(ROUTES)])
    served = (await site.ask("GET", "/api/openapi.json")).json
    assert served["openapi"] == "3.1.0"
    named = {(method.upper(), path) for path, item in served["paths"].items() for method in item}
    assert named == {(one.method, one.path) for one in ROUTES} | {("GET", "/api/openapi.json")}


def test_all_schemas_are_json_schemas_and_all_references_lead_somewhere() -> None:
    made = document(ROUTES)
    for schema in made["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    text = msgspec.json.encode(made).decode()
    for reference in text.split('"$ref":"')[1:]:
        assert reference.partition('"')[0].rpartition("/")[2] in made["components"]["schemas"]


def test_paths_queries_and_bodies_are_described() -> None:
    made = document([route("POST", "/api/v1/things/{name}/parts/{number:int}", query=ThingQuery, body=Thing)])
    operation = made["paths"]["/api/v1/things/{name}/parts/{number}"]["post"]
    parameters = {one["name"]: one for one in operation["parameters"]}
    assert parameters["name"]["schema"]["type"] == "string"
    assert parameters["number"]["schema"]["type"] == "integer"
    assert parameters["open"]["schema"] == {"type": "boolean"}
    assert parameters["limit"]["schema"]["minimum"] == 1
    body = operation["requestBody"]
    assert body["required"] is True
    thing = made["components"]["schemas"][body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]]
    assert thing["additionalProperties"] is False
    assert thing["required"] == ["size"]
    assert operation["tags"] == ["things"]


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        (route("GET", "/x"), {421, 500, 503}),
        (route("GET", "/x/{name}"), {400, 404, 421, 500, 503}),
        (route("GET", "/x", query=ThingQuery), {400, 421, 500, 503}),
        (route("GET", "/x", role=Role.VIEWER), {401, 403, 421, 500, 503}),
        (route("POST", "/x", body=Thing), {400, 403, 413, 415, 421, 500, 503}),
        (route("POST", "/x", errors=(409, 502, 504)), {403, 409, 421, 500, 502, 503, 504}),
    ],
)
def test_statuses_follow_from_the_declaration(declared: Route, expected: set[int]) -> None:
    assert set(statuses(declared)) == expected


def test_each_style_names_its_own_kind_of_error() -> None:
    made = document([route("GET", "/a", name="a"), route("GET", "/b", style="seed", name="b")])
    contents = [made["paths"][path]["get"]["responses"]["500"]["content"] for path in ("/a", "/b")]
    assert [list(content) for content in contents] == [["application/problem+json"], ["application/json"]]


def test_only_routes_with_a_role_ask_for_a_token() -> None:
    made = document([route("GET", "/a", name="a"), route("GET", "/b", role=Role.ADMIN, name="b")])
    assert "security" not in made["paths"]["/a"]["get"]
    assert made["paths"]["/b"]["get"]["security"] == [{"bearer": []}]
    assert "admin" in made["paths"]["/b"]["get"]["description"]


def test_success_may_be_one_of_several_structs_or_no_json_at_all() -> None:
    either = route("GET", "/a", returns=(Thing, ThingQuery), name="a")
    text, nothing = route("GET", "/b", content_type="text/csv", name="b"), route("DELETE", "/c", status=204, name="c")
    paths = document([either, text, nothing])["paths"]
    assert len(paths["/a"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]["anyOf"]) == 2
    assert paths["/b"]["get"]["responses"]["200"]["content"] == {"text/csv": {}}
    assert "content" not in paths["/c"]["delete"]["responses"]["204"]


def test_two_routes_of_one_name_are_a_fault() -> None:
    with pytest.raises(ValueError, match="act"):
        document([route("GET", "/a"), route("GET", "/b")])


def test_every_method_of_a_route_is_one_that_openapi_knows() -> None:
    assert {method.lower() for method in get_args(Method)} <= {"get", "put", "post", "delete", "patch"}
