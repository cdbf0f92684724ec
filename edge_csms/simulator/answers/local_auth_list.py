"""Answers to the CALLs of the Local Auth List profile (OCPP 1.6 §5.10, §5.15)."""

from typing import TYPE_CHECKING

from edge_csms.ocpp.v16.local_auth_list import (
    GetLocalListVersion,
    GetLocalListVersionResponse,
    SendLocalList,
    SendLocalListResponse,
)
from edge_csms.simulator.answers import Answers

if TYPE_CHECKING:
    from edge_csms.simulator.charge_point import ChargePoint

_UNSUPPORTED = -1


async def get_local_list_version(
    charge_point: "ChargePoint", request: GetLocalListVersion
) -> GetLocalListVersionResponse:
    """Tell the version of the list, or that there can't be one."""
    if not charge_point.configuration.flag("LocalAuthListEnabled"):
        return GetLocalListVersionResponse(list_version=_UNSUPPORTED)
    return GetLocalListVersionResponse(list_version=charge_point.authorization.list_version)


async def send_local_list(charge_point: "ChargePoint", request: SendLocalList) -> SendLocalListResponse:
    """Replace or update the list."""
    return charge_point.authorization.update_list(request)


ANSWERS: Answers = {
    "GetLocalListVersion": get_local_list_version,
    "SendLocalList": send_local_list,
}
