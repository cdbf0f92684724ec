"""Tells what happened to everyone who listens, in this process and after it is on disk."""

import logging
from collections.abc import Callable
from typing import Generic, TypeVar

from edge_csms.domain.events import Event

log = logging.getLogger(__name__)

T = TypeVar("T")


class Bus(Generic[T]):
    """Calls every listener with everything that is told; one that fails doesn't keep the others from it."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[T], None]] = []

    def subscribe(self, listener: Callable[[T], None]) -> Callable[[], None]:
        """Let `listener` hear everything from now on; the returned function ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def publish(self, told: T) -> None:
        """Tell all listeners."""
        for listener in tuple(self._listeners):
            try:
                listener(told)
            except Exception:
                log.exception("a listener failed on %s", type(told).__name__)


class EventBus(Bus[Event]):
    """Tells what happened on the site."""
