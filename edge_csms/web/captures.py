"""Captures over REST: frames written to a file for as long as somebody wants, and the file."""

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from edge_csms.central.captures import Capture
from edge_csms.domain.roles import Role
from edge_csms.services import charge_points
from edge_csms.web.paging import Page
from edge_csms.web.request import Content, Request, pieces
from edge_csms.web.route import Route

CAPTURES = "/api/v1/captures"
CAPTURE = CAPTURES + "/{name}"


class NewCapture(msgspec.Struct, forbid_unknown_fields=True):
    """Whose frames, those of all without `charge_point_id`, and for how long."""

    charge_point_id: str | None = None
    minutes: Annotated[int, Meta(ge=1, le=24 * 60)] = 10


class CaptureItem(msgspec.Struct):
    """A capture; `ends_at` null says that it has ended."""

    name: str
    charge_point_id: str | None
    started_at: datetime
    asked_by: str
    ends_at: datetime | None
    size_bytes: int


def _item(capture: Capture) -> CaptureItem:
    heading = capture.heading
    return CaptureItem(
        capture.name, heading.charge_point_id, heading.started_at, heading.asked_by, capture.ends_at, capture.size_bytes
    )


async def list_captures(request: Request) -> Page[CaptureItem]:
    """List the captures, the newest first."""
    return Page([_item(one) for one in await request.parts.captures.list_()], None)


async def begin_capture(request: Request, body: NewCapture) -> CaptureItem:
    """Begin a capture. It holds no keys, but the idTags of drivers."""
    charge_point_id = body.charge_point_id
    request.audit.subject = charge_point_id or "all charge points"
    request.audit.details = f"{body.minutes} minutes"
    if charge_point_id is not None:
        charge_point_id = (await request.database.read(charge_points.get, charge_point_id)).charge_point_id
    lasts = timedelta(minutes=body.minutes)
    return _item(await request.parts.captures.begin(charge_point_id, lasts, request.actor.username))


async def end_capture(request: Request, name: str) -> CaptureItem:
    """End a capture before its time."""
    return _item(await request.parts.captures.end(name))


async def get_capture_file(request: Request, name: str) -> Content:
    """Give a capture as lines of JSON, the first of which tells what it is, also while it is running."""
    captures = request.parts.captures
    file, size = await captures.open(name)
    request.headers["Content-Length"] = str(size)  # what comes in meanwhile would not fit
    return Content("application/x-ndjson", pieces(file, size, captures.run), name.replace(" ", "_"))


async def delete_capture(request: Request, name: str) -> None:
    """Delete a capture, also a running one."""
    await request.parts.captures.delete(name)


ROUTES = [
    Route(
        method="GET",
        path=CAPTURES,
        function=list_captures,
        role=Role.VIEWER,
        returns=Page[CaptureItem],
        summary="List captures",
    ),
    Route(
        method="POST",
        path=CAPTURES,
        function=begin_capture,
        role=Role.TECHNICIAN,
        body=NewCapture,
        returns=CaptureItem,
        status=201,
        errors=(404, 409, 507),
        audit="capture.begin",
        summary="Begin a capture of frames",
    ),
    Route(
        method="POST",
        path=CAPTURE + "/end",
        function=end_capture,
        role=Role.TECHNICIAN,
        returns=CaptureItem,
        errors=(404,),
        audit="capture.end",
        summary="End a capture",
    ),
    Route(
        method="GET",
        path=CAPTURE + "/file",
        function=get_capture_file,
        role=Role.TECHNICIAN,
        returns=str,
        content_type="application/x-ndjson",
        errors=(404,),
        summary="Read a capture",
    ),
    Route(
        method="DELETE",
        path=CAPTURE,
        function=delete_capture,
        role=Role.TECHNICIAN,
        status=204,
        errors=(404,),
        audit="capture.delete",
        summary="Delete a capture",
    ),
]
