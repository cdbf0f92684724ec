"""The URL table of the whole server."""

from collections.abc import Callable
from typing import Any

from tornado.web import Application, HTTPError, RequestHandler

from edge_csms.central.admission import Admission
from edge_csms.web import (
    audit,
    auth,
    backups,
    calls,
    captures,
    certificates,
    charge_points,
    charging_profiles,
    clock,
    commissioning,
    configuration,
    configuration_changes,
    configuration_templates,
    connection_attempts,
    file_jobs,
    files,
    findings,
    firmware_images,
    firmware_rollouts,
    id_tags,
    local_auth_list,
    log_levels,
    ocpp_socket,
    own_certificate,
    preflight,
    qr_codes,
    quirks,
    registration,
    remote_start,
    remote_transactions,
    reservations,
    restores,
    root_certificates,
    root_files,
    settings,
    setup,
    signed_values,
    site,
    site_certificates,
    site_limit,
    site_power,
    smart_charging,
    support_bundle,
    transaction_evidence,
    transactions,
    triggers,
    update,
    users,
)
from edge_csms.web.base import log_request
from edge_csms.web.hosts import name_of
from edge_csms.web.live import EventsSocket
from edge_csms.web.openapi import openapi_route
from edge_csms.web.page_files import PageHandler
from edge_csms.web.parts import Parts
from edge_csms.web.route import Route, url_specs

ROUTES: list[Route] = [
    *auth.ROUTES,
    *registration.ROUTES,
    *remote_transactions.ROUTES,
    *charge_points.ROUTES,
    *configuration.ROUTES,
    *configuration_changes.ROUTES,
    *configuration_templates.ROUTES,
    *findings.ROUTES,
    *quirks.ROUTES,
    *calls.ROUTES,
    *captures.ROUTES,
    *commissioning.ROUTES,
    *certificates.ROUTES,
    *root_certificates.ROUTES,
    *connection_attempts.ROUTES,
    *transactions.ROUTES,
    *transaction_evidence.ROUTES,
    *triggers.ROUTES,
    *signed_values.ROUTES,
    *firmware_images.ROUTES,
    *file_jobs.ROUTES,
    *firmware_rollouts.ROUTES,
    *id_tags.ROUTES,
    *local_auth_list.ROUTES,
    *reservations.ROUTES,
    *charging_profiles.ROUTES,
    *clock.ROUTES,
    *smart_charging.ROUTES,
    *remote_start.ROUTES,
    *qr_codes.ROUTES,
    *users.ROUTES,
    *audit.ROUTES,
    *backups.ROUTES,
    *restores.ROUTES,
    *update.ROUTES,
    *site.ROUTES,
    *settings.ROUTES,
    *own_certificate.ROUTES,
    *root_files.ROUTES,
    *setup.ROUTES,
    *log_levels.ROUTES,
    *preflight.ROUTES,
    *site_certificates.ROUTES,
    *site_limit.ROUTES,
    *site_power.ROUTES,
    *support_bundle.ROUTES,
]


class ToEncryptedPort(RequestHandler):
    """Sends people from the plain port to the encrypted one."""

    def initialize(self, tls_port: Callable[[], int]) -> None:
        """Take over how the encrypted port is found."""
        self._tls_port = tls_port

    def prepare(self) -> None:
        """Redirect, keeping method and body (RFC 9110 §15.4.9)."""
        host = name_of(self.request.host)
        host = f"[{host}]" if ":" in host else host
        if not self.settings["hosts"].answers_to(self.request.host):
            raise HTTPError(421)
        self.set_status(308)
        self.set_header("Location", f"https://{host}:{self._tls_port()}{self.request.uri}")
        self.finish()


def make_redirecting_application(parts: Parts, admission: Admission, tls_port: Callable[[], int]) -> Application:
    """Make the application of the plain port beside an encrypted one: chargers, the health check, and a redirect."""
    return _application(
        parts,
        [
            *ocpp_socket.rules(admission, parts),
            (r"/files(?:/.*)?", files.FileHandler, {"transfers": parts.transfers}),
            *url_specs([route for route in site.ROUTES if route.path == "/healthz"], with_unknown_paths=False),
            (r".*", ToEncryptedPort, {"tls_port": tls_port}),
        ],
    )


def make_application(parts: Parts, admission: Admission) -> Application:
    """Make the application: chargers first, whatever their path, then the API, then the page."""
    routes = [*ROUTES, *calls.call_routes(parts.central.payloads())]
    return _application(
        parts,
        [
            *ocpp_socket.rules(admission, parts),
            (r"/api/v1/events", EventsSocket, {"parts": parts}),
            (r"/(?:ws/)?ocpp(?:/.*)?", ocpp_socket.NoSocket),
            (r"/files(?:/.*)?", files.FileHandler, {"transfers": parts.transfers}),
            *url_specs([*routes, openapi_route(routes)]),
            (r"/(.*)", PageHandler),
        ],
    )


def _application(parts: Parts, rules: list[Any]) -> Application:
    return Application(
        rules,
        parts=parts,
        hosts=parts.hosts,
        log_function=log_request,
    )
