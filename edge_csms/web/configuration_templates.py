"""Configuration templates over REST: what the settings of makes and models shall be."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from edge_csms.domain.configuration import Template
from edge_csms.domain.roles import Role
from edge_csms.services import configuration_templates
from edge_csms.web.paging import Page, PageQuery, cursor_number, page
from edge_csms.web.request import Request
from edge_csms.web.route import Route

TEMPLATES = "/api/v1/configuration-templates"

Name = Annotated[str, Meta(min_length=1, max_length=100)]
Pattern = Annotated[
    str, Meta(min_length=1, max_length=200, description="A pattern such as `Acme*`; several with | between them.")
]
Settings = Annotated[dict[str, str], Meta(description="Key and value of each setting.")]


class TemplateItem(msgspec.Struct):
    """Settings that charge points of some makes and models shall have."""

    template_id: int
    name: str
    vendor: str
    model: str
    automatic: bool
    settings: dict[str, str]
    updated_at: datetime


class NewTemplate(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A template; an automatic one is applied by itself after each boot, the others when somebody asks for it."""

    name: Name
    vendor: Pattern = "*"
    model: Pattern = "*"
    automatic: bool = False
    settings: Settings


class TemplateChanges(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What may be changed; what is left out stays."""

    name: Name | UnsetType = UNSET
    vendor: Pattern | UnsetType = UNSET
    model: Pattern | UnsetType = UNSET
    automatic: bool | UnsetType = UNSET
    settings: Settings | UnsetType = UNSET


async def list_configuration_templates(request: Request, query: PageQuery) -> Page[TemplateItem]:
    """List the templates."""
    after = cursor_number(query.cursor) or 0
    found = await request.database.read(configuration_templates.list_, after, query.limit + 1)
    return page([_item(one) for one in found], query.limit, lambda one: one.template_id)


async def get_configuration_template(request: Request, template_id: int) -> TemplateItem:
    """Show a template."""
    return _item(await request.database.read(configuration_templates.get, template_id))


async def create_configuration_template(request: Request, body: NewTemplate) -> TemplateItem:
    """Add a template."""
    request.audit.subject, request.audit.details = body.name, ", ".join(body.settings)
    columns = msgspec.structs.asdict(body)
    return _item(await request.database.run(configuration_templates.add, columns, request.now))


async def update_configuration_template(request: Request, template_id: int, body: TemplateChanges) -> TemplateItem:
    """Change a template."""
    changes: dict[str, Any] = {
        name: value for name, value in msgspec.structs.asdict(body).items() if value is not UNSET
    }
    request.audit.details = ", ".join(changes)
    return _item(await request.database.run(configuration_templates.update, template_id, changes, request.now))


async def delete_configuration_template(request: Request, template_id: int) -> None:
    """Forget a template; what was applied stays on the charge points."""
    await request.database.run(configuration_templates.delete, template_id)


def _item(template: Template) -> TemplateItem:
    return msgspec.convert(template, TemplateItem, from_attributes=True)


ROUTES = [
    Route(
        method="GET",
        path=TEMPLATES,
        function=list_configuration_templates,
        role=Role.VIEWER,
        query=PageQuery,
        returns=Page[TemplateItem],
        summary="List the configuration templates",
    ),
    Route(
        method="POST",
        path=TEMPLATES,
        function=create_configuration_template,
        role=Role.TECHNICIAN,
        body=NewTemplate,
        returns=TemplateItem,
        status=201,
        errors=(409,),
        audit="configuration_template.add",
        summary="Add a configuration template",
    ),
    Route(
        method="GET",
        path=TEMPLATES + "/{template_id:int}",
        function=get_configuration_template,
        role=Role.VIEWER,
        returns=TemplateItem,
        errors=(404,),
        summary="Show a configuration template",
    ),
    Route(
        method="PATCH",
        path=TEMPLATES + "/{template_id:int}",
        function=update_configuration_template,
        role=Role.TECHNICIAN,
        body=TemplateChanges,
        returns=TemplateItem,
        errors=(404, 409),
        audit="configuration_template.edit",
        summary="Change a configuration template",
    ),
    Route(
        method="DELETE",
        path=TEMPLATES + "/{template_id:int}",
        function=delete_configuration_template,
        role=Role.TECHNICIAN,
        status=204,
        errors=(404,),
        audit="configuration_template.delete",
        summary="Forget a configuration template",
    ),
]
