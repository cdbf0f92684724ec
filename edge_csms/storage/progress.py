"""Tells a listener that the database works, as nothing else can while one long statement runs."""

import contextlib
from collections.abc import Callable, Iterator

import apsw

STEPS = 10_000  # of SQLite's own: some milliseconds, and in a check of a whole file as many pages, a second on a card


@contextlib.contextmanager
def told_to(listener: Callable[[], None]) -> Iterator[None]:
    """Call `listener` again and again, on the thread that works, while connections opened meanwhile execute."""
    is_over = False

    def tell() -> bool:
        if not is_over:
            listener()
        return False  # go on

    def hook(connection: apsw.Connection) -> None:
        connection.set_progress_handler(tell, STEPS, id=hook)

    apsw.connection_hooks.append(hook)
    try:
        yield
    finally:
        is_over = True
        apsw.connection_hooks.remove(hook)
