"""Refusals, each in words for whoever asked."""

import inspect

import pytest

from edge_csms.domain import errors
from edge_csms.domain.errors import CallRefused, Invalid, Refusal, StorageUnavailable, TooManyAttempts


def test_whatever_is_refused_here_is_a_refusal() -> None:
    classes = [one for _, one in inspect.getmembers(errors, inspect.isclass) if one.__module__ == errors.__name__]
    assert [one for one in classes if not issubclass(one, Refusal)] == []


def test_a_refusal_says_why() -> None:
    assert str(Refusal("it rains")) == Refusal("it rains").detail == "it rains"


def test_a_wrong_request_names_its_wrong_fields() -> None:
    assert Invalid("no", {"username": ("too long", "too odd")}).fields == {"username": ["too long", "too odd"]}
    assert Invalid("no").fields == {}


@pytest.mark.parametrize(("seconds", "said"), [(0.0, 1), (0.2, 1), (29.6, 30), (120.0, 120)])
def test_whoever_tries_too_often_is_told_how_long_to_wait(seconds: float, said: int) -> None:
    refusal = TooManyAttempts(seconds)
    assert refusal.detail == f"too many attempts, try again in {said} seconds"
    assert refusal.retry_after_seconds == seconds


def test_the_error_of_a_charge_point_is_passed_on_in_its_words() -> None:
    assert CallRefused("NotSupported", "no").detail == "the charge point answered with NotSupported: no"
    assert CallRefused("NotSupported", "").detail == "the charge point answered with NotSupported"


def test_it_is_said_what_is_wrong_with_the_storage() -> None:
    assert StorageUnavailable("disk full").state == "disk full"
    assert StorageUnavailable("disk full").detail == "the database can't be written: disk full"
