"""Answers to the CALLs of the Core profile (OCPP 1.6 §5)."""

import asyncio
import contextlib
from typing import TYPE_CHECKING

from edge_csms.ocpp.v16.core import (
    ChangeAvailability,
    ChangeAvailabilityResponse,
    ChangeConfiguration,
    ChangeConfigurationResponse,
    ClearCache,
    ClearCacheResponse,
    DataTransfer,
    DataTransferResponse,
    GetConfiguration,
    GetConfigurationResponse,
    RemoteStartTransaction,
    RemoteStartTransactionResponse,
    RemoteStopTransaction,
    RemoteStopTransactionResponse,
    Reset,
    ResetResponse,
    UnlockConnector,
    UnlockConnectorResponse,
)
from edge_csms.ocpp.v16.types import ChargingProfile
from edge_csms.simulator import charging, metering, power
from edge_csms.simulator.answers import Answers
from edge_csms.simulator.connector import Connector
from edge_csms.simulator.errors import Impossible
from edge_csms.simulator.handshake import FIRST_TLS_PROFILE

if TYPE_CHECKING:
    from edge_csms.simulator.charge_point import ChargePoint

_HIGHEST_SECURITY_PROFILE = 3


async def change_availability(charge_point: "ChargePoint", request: ChangeAvailability) -> ChangeAvailabilityResponse:
    """Change it now, or once the running transaction has ended."""
    if request.connector_id == 0:
        targets = [charge_point.main, *charge_point.connectors.values()]
    elif request.connector_id in charge_point.connectors:
        targets = [charge_point.connectors[request.connector_id]]
    else:
        return ChangeAvailabilityResponse(status="Rejected")
    is_operative = request.type == "Operative"
    for connector in targets:
        connector.set_operative(is_operative)
        if not connector.is_operative:
            charge_point.reservations.end_at(connector.connector_id)
        charge_point.afterwards(charge_point.refresh(connector))
    must_wait = any(connector.is_operative != is_operative for connector in targets)
    return ChangeAvailabilityResponse(status="Scheduled" if must_wait else "Accepted")


async def change_configuration(
    charge_point: "ChargePoint", request: ChangeConfiguration
) -> ChangeConfigurationResponse:
    """Change a setting, and do at once what follows from it."""
    if request.key.casefold() == "securityprofile" and not _can_raise_profile(charge_point, request.value):
        return ChangeConfigurationResponse(status="Rejected")
    status = charge_point.configuration.change(request.key, request.value)
    if status == "Accepted":
        _follow_change(charge_point, request.key.casefold(), request.value)
    return ChangeConfigurationResponse(status=status)


async def clear_cache(charge_point: "ChargePoint", request: ClearCache) -> ClearCacheResponse:
    """Clear the authorization cache."""
    return ClearCacheResponse(status="Accepted" if charge_point.authorization.clear_cache() else "Rejected")


async def data_transfer(charge_point: "ChargePoint", request: DataTransfer) -> DataTransferResponse:
    """No vendor's messages are known here but those of its own maker, and of them only an echo."""
    if request.vendor_id != charge_point.nameplate.vendor:
        return DataTransferResponse(status="UnknownVendorId")
    if request.message_id != "Echo":
        return DataTransferResponse(status="UnknownMessageId")
    return DataTransferResponse(status="Accepted", data=request.data)


async def get_configuration(charge_point: "ChargePoint", request: GetConfiguration) -> GetConfigurationResponse:
    """Tell settings, at most as many as GetConfigurationMaxKeys says when they are asked for by name."""
    limit = charge_point.configuration.number("GetConfigurationMaxKeys")
    known, unknown = charge_point.configuration.read(request.key)
    return GetConfigurationResponse(
        configuration_key=(known[:limit] if request.key else known) or None, unknown_key=unknown or None
    )


async def remote_start_transaction(
    charge_point: "ChargePoint", request: RemoteStartTransaction
) -> RemoteStartTransactionResponse:
    """Accept if a transaction could start; it does once the idTag is authorized and a car is there."""
    connector = _choose(charge_point, request.connector_id, request.id_tag)
    if connector is None or not _is_for_a_start(request.charging_profile):
        return RemoteStartTransactionResponse(status="Rejected")
    charge_point.afterwards(_start_remotely(charge_point, connector, request.id_tag, request.charging_profile))
    return RemoteStartTransactionResponse(status="Accepted")


async def remote_stop_transaction(
    charge_point: "ChargePoint", request: RemoteStopTransaction
) -> RemoteStopTransactionResponse:
    """End the transaction of this id, if it runs here."""
    for connector in charge_point.connectors.values():
        transaction = connector.transaction
        if transaction is not None and transaction.transaction_id == request.transaction_id:
            charge_point.afterwards(charging.stop(charge_point, connector, "Remote"))
            return RemoteStopTransactionResponse(status="Accepted")
    return RemoteStopTransactionResponse(status="Rejected")


async def reset(charge_point: "ChargePoint", request: Reset) -> ResetResponse:
    """Restart."""
    charge_point.afterwards(power.reset(charge_point, hard=request.type == "Hard"))
    return ResetResponse(status="Accepted")


async def unlock_connector(charge_point: "ChargePoint", request: UnlockConnector) -> UnlockConnectorResponse:
    """Release the plug; a running transaction ends before."""
    connector = charge_point.connectors.get(request.connector_id)
    if connector is None:
        return UnlockConnectorResponse(status="NotSupported")
    if connector.transaction is not None:
        charging.end(charge_point, connector, "UnlockCommand")
        charge_point.afterwards(charge_point.refresh(connector))
    return UnlockConnectorResponse(status="Unlocked")


def _follow_change(charge_point: "ChargePoint", key: str, value: str) -> None:
    """Do what a new setting asks for."""
    match key:
        case "heartbeatinterval":
            charge_point.heartbeat_changed.set()
        case "authorizationkey":  # security whitepaper A01: the new key proves itself at once
            hex_text = charge_point.behaviour.sends_key_as_hex
            charge_point.password = value.encode() if hex_text else bytes.fromhex(value)
            charge_point.afterwards(charge_point.reconnect())
        case "clockaligneddatainterval":
            charge_point.afterwards(metering.sample_by_the_clock(charge_point))
        case "securityprofile":
            charge_point.afterwards(charge_point.reconnect())


def _can_raise_profile(charge_point: "ChargePoint", value: str) -> bool:
    """Security profiles only go up (security whitepaper A05), and those with TLS need an address for it."""
    if not value.isdecimal() or int(value) > _HIGHEST_SECURITY_PROFILE:
        return False
    raises = int(value) > charge_point.configuration.number("SecurityProfile")
    return raises and (int(value) < FIRST_TLS_PROFILE or charge_point.secure_url is not None)


def _is_for_a_start(profile: ChargingProfile | None) -> bool:
    """Only a TxProfile without a transaction may come with a remote start (OCPP 1.6 §5.11)."""
    if profile is None:
        return True
    return profile.charging_profile_purpose == "TxProfile" and profile.transaction_id is None


def _choose(charge_point: "ChargePoint", connector_id: int | None, id_tag: str) -> Connector | None:
    """Return the connector asked for, or the best one, if a transaction could start there."""
    if connector_id is None:
        candidates = sorted(charge_point.connectors.values(), key=lambda connector: connector.car is None)
    else:
        candidates = [charge_point.connectors[connector_id]] if connector_id in charge_point.connectors else []
    for connector in candidates:
        with contextlib.suppress(Impossible):
            charging.check_room(charge_point, connector, id_tag)
            return connector
    return None


async def _start_remotely(
    charge_point: "ChargePoint", connector: Connector, id_tag: str, profile: ChargingProfile | None
) -> None:
    if charge_point.configuration.flag("AuthorizeRemoteTxRequests"):
        info = await charge_point.authorize(id_tag)
        if info.status != "Accepted":
            return
    if await _car_comes(charge_point, connector):
        await charging.start(charge_point, connector, id_tag, profile)


async def _car_comes(charge_point: "ChargePoint", connector: Connector) -> bool:
    """Wait for a car for as long as ConnectionTimeOut allows."""
    if connector.car is not None:
        return True
    connector.is_awaiting_car = True
    await charge_point.refresh(connector)
    try:
        async with asyncio.timeout(charge_point.configuration.number("ConnectionTimeOut") / charge_point.clock.speed):
            await connector.car_came.wait()
    except TimeoutError:
        return False
    finally:
        connector.is_awaiting_car = False
        await charge_point.refresh(connector)
    return True


ANSWERS: Answers = {
    "ChangeAvailability": change_availability,
    "ChangeConfiguration": change_configuration,
    "ClearCache": clear_cache,
    "DataTransfer": data_transfer,
    "GetConfiguration": get_configuration,
    "RemoteStartTransaction": remote_start_transaction,
    "RemoteStopTransaction": remote_stop_transaction,
    "Reset": reset,
    "UnlockConnector": unlock_connector,
}
