"""The one switch that takes the waits between attempts out, for tests."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_lock = threading.Lock()
_removals = 0


@contextmanager
def no_waits() -> Iterator[None]:
    """Take the waits between attempts out of every client, in every thread, while the block runs.

    Calls are tried again as often as ever. A wait for ``Retry-After`` is left out too.
    """
    global _removals  # noqa: PLW0603 - blocks may overlap
    with _lock:
        _removals += 1
    try:
        yield
    finally:
        with _lock:
            _removals -= 1


def shorten(seconds: float) -> float:
    """Return the seconds to wait: 0 inside of `no_waits`."""
    return 0.0 if _removals else seconds
