"""The Local Auth List profile: idTags that a charge point knows while offline (OCPP 1.6 §5.10, §5.15)."""

from typing import Literal

from edge_csms.ocpp.operation import Operation, Request, Response, Sender, WireStruct
from edge_csms.ocpp.v16.types import IdTagInfo, IdToken, Integer


class AuthorizationData(WireStruct):
    """An entry of the list (§7.1). Without idTagInfo a differential update removes it."""

    id_tag: IdToken
    id_tag_info: IdTagInfo | None = None


class GetLocalListVersionResponse(Response):
    """The version of the list: 0 if it is empty, -1 if there can't be one."""

    list_version: Integer


class GetLocalListVersion(Request[GetLocalListVersionResponse]):
    """Which version of the list is there?"""


class SendLocalListResponse(Response):
    """Whether the list was taken over."""

    status: Literal["Accepted", "Failed", "NotSupported", "VersionMismatch"]


class SendLocalList(Request[SendLocalListResponse]):
    """Replace or update the list."""

    list_version: Integer
    local_authorization_list: list[AuthorizationData] | None = None
    update_type: Literal["Differential", "Full"]


OPERATIONS = (
    Operation(GetLocalListVersion, GetLocalListVersionResponse, Sender.CENTRAL_SYSTEM),
    Operation(SendLocalList, SendLocalListResponse, Sender.CENTRAL_SYSTEM),
)
