"""The waits before requests: their lengths, `no_waits` for tests, and the `Gate` that delays many workers."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

FIRST_WAIT: Final = 0.5  # seconds; the bound after the first attempt, doubled with each attempt
LONGEST_WAIT: Final = 30.0  # seconds; unless the server asks for more

_lock = threading.Lock()
_open_blocks = 0  # the number of `no_waits` blocks that are running


@contextmanager
def no_waits() -> Iterator[None]:
    """Disable the waits between attempts, of every client and in every thread, until the block ends.

    Calls are tried again as often as usual. The waits for ``Retry-After`` are disabled too.
    """
    global _open_blocks  # noqa: PLW0603 - blocks may overlap
    with _lock:
        _open_blocks += 1
    try:
        yield
    finally:
        with _lock:
            _open_blocks -= 1


def before_retry(attempts: int, retry_after: float | None) -> float:
    """Return the seconds to wait after a number of attempts.

    The wait is that of ``Retry-After``, or else random up to a bound that doubles with each attempt ("full jitter").
    """
    if retry_after is None:
        doublings = min(attempts - 1, 10)  # 10 exceed LONGEST_WAIT; 1,025 would overflow
        return random.uniform(0, min(FIRST_WAIT * 2**doublings, LONGEST_WAIT))  # noqa: S311 - not a secret
    return retry_after


def actual_wait(seconds: float) -> float:
    """Return the seconds of a wait, 0 during `no_waits`."""
    return 0.0 if _open_blocks else seconds


class Gate:
    """Delays many workers after a 429: the beginning of calls, and the next attempts of others."""

    def __init__(self) -> None:
        self.stopped: Final = threading.Event()  # set when a call has failed for all, or the results are closed
        self.is_closed = False  # whether the caller has closed the async generator of results
        self.opens_at = 0.0  # a time of `time.monotonic`

    def pause(self, seconds: float) -> None:
        """Send nothing for some seconds."""
        self.opens_at = max(self.opens_at, time.monotonic() + seconds)

    def times(self, begins_at: float = 0.0) -> Iterator[float]:
        """Yield the time until which to wait, and a later one if there was another pause in the meantime.

        Args:
            begins_at: The time of `time.monotonic` before which the worker would not send in any case.
        """
        waited_until = 0.0
        while waited_until < (begins_at := max(begins_at, self.opens_at)):
            waited_until = begins_at
            yield begins_at

    def waits(self) -> Iterator[float]:
        """Yield the seconds to wait before a call begins, and again if there was another pause in the meantime."""
        for begins_at in self.times():
            if seconds := actual_wait(max(0.0, begins_at - time.monotonic())):
                yield seconds


class _NoGate(Gate):
    def pause(self, seconds: float) -> None:
        """Do nothing."""


NO_GATE: Final = _NoGate()  # of a single call
