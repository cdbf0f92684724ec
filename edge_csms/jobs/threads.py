"""Lets jobs do in a thread what takes long, without holding up the stop of the server."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


async def work(function: Callable[..., T], *arguments: Any) -> T:
    """Run a function in a thread, which is told by its last argument when nobody waits for it any more."""
    over = threading.Event()
    try:
        return await asyncio.to_thread(function, *arguments, over.is_set)
    finally:
        over.set()
