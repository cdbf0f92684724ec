"""Fixtures of the services' tests."""

import pytest
from tornado.ioloop import IOLoop

from edge_csms.storage.database import Database
from tests.services.charging import Charger, Site


@pytest.fixture
def books(database: Database) -> Site:
    """Give the books of a site that are still empty."""
    return Site(database)


@pytest.fixture
def charger(books: Site, io_loop: IOLoop) -> Charger:
    """Give the charge point CP1."""
    charger: Charger = io_loop.run_sync(books.charger)
    return charger


@pytest.fixture
def other_charger(books: Site, io_loop: IOLoop) -> Charger:
    """Give the charge point CP2."""
    charger: Charger = io_loop.run_sync(lambda: books.charger("CP2"))
    return charger
