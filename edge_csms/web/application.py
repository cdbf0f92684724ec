"""The URL table of the whole server."""

from importlib.resources import files

from tornado.web import Application, StaticFileHandler

from edge_csms.central.admission import Admission
from edge_csms.central.system import CentralSystem
from edge_csms.web import (
    audit,
    auth,
    calls,
    charge_points,
    configuration,
    id_tags,
    ocpp_socket,
    registration,
    remote_transactions,
    site,
    transactions,
    users,
)
from edge_csms.web.base import SiteHandler, log_request
from edge_csms.web.hosts import Hosts
from edge_csms.web.live import EventsSocket
from edge_csms.web.openapi import openapi_route
from edge_csms.web.parts import Parts
from edge_csms.web.route import Route, url_specs

STATIC = str(files("edge_csms.web") / "static")

ROUTES: list[Route] = [
    *auth.ROUTES,
    *registration.ROUTES,
    *remote_transactions.ROUTES,
    *charge_points.ROUTES,
    *configuration.ROUTES,
    *calls.ROUTES,
    *transactions.ROUTES,
    *id_tags.ROUTES,
    *users.ROUTES,
    *audit.ROUTES,
    *site.ROUTES,
]


class PageHandler(SiteHandler, StaticFileHandler):
    """The admin page's files, with the security headers of everything that people reach."""

    def set_extra_headers(self, path: str) -> None:
        """Let browsers ask each time whether a file changed: an update of the box must show at once."""
        self.set_header("Cache-Control", "no-cache")


def make_application(parts: Parts, central: CentralSystem, admission: Admission) -> Application:
    """Make the application: chargers first, whatever their path, then the API, then the page."""
    return Application(
        [
            *ocpp_socket.rules(central, admission, parts),
            (r"/api/v1/events", EventsSocket, {"parts": parts}),
            (r"/(?:ws/)?ocpp(?:/.*)?", ocpp_socket.NoSocket),
            *url_specs([*ROUTES, openapi_route(ROUTES)]),
            (r"/(.*)", PageHandler, {"path": STATIC, "default_filename": "index.html"}),
        ],
        parts=parts,
        hosts=Hosts(parts.settings.allowed_hosts),
        log_function=log_request,
        websocket_max_message_size=ocpp_socket.MAX_FRAME_BYTES,
    )
