"""The timeouts of many tasks of an event loop, with one timer of the loop for all of them.

Few timeouts expire, but a timer that is set and cancelled again takes time, since the loop keeps its timers sorted. The
timers that aiohttp would set for a call take a fifth of the time of the call.
"""

from __future__ import annotations

import asyncio
import math
from typing import Any, Final, Self


class SharedTimer:
    """Interrupts the tasks whose `Timeout` has expired."""

    def __init__(self) -> None:
        self.running: Final[dict[Any, Timeout]] = {}  # by task
        self.wakes_at = math.inf
        self._handle: asyncio.TimerHandle | None = None

    def begin_phase(self) -> None:
        """Begin a phase of the timeout of the current task."""
        self.running[asyncio.current_task()].begin_phase()

    def wake_at(self, time: float, loop: asyncio.AbstractEventLoop) -> None:
        """Look at the timeouts at a time of the loop, which is earlier than `wakes_at`."""
        if self._handle is not None:
            self._handle.cancel()
        self._handle = loop.call_at(time, self._interrupt_expired, loop)
        self.wakes_at = time

    def _interrupt_expired(self, loop: asyncio.AbstractEventLoop) -> None:
        self._handle, self.wakes_at = None, math.inf
        now = loop.time()
        for task, timeout in self.running.items():
            if timeout.has_expired:  # its task is about to leave it
                continue
            if timeout.expires_at <= now:
                timeout.has_expired = True
                task.cancel()
            elif timeout.expires_at < self.wakes_at:
                self.wake_at(timeout.expires_at, loop)


class Timeout:
    """As a context manager, limits the time of the current task, as ``asyncio.timeout()`` does.

    Args:
        timer: The timer of the event loop.
        loop: The event loop.
        total: Seconds until the timeout expires.
        phase: Seconds until it expires after `begin_phase`.

    Raises:
        TimeoutError: The timeout has expired.
    """

    __slots__ = ("_cancelling", "_end", "_loop", "_phase", "_task", "_timer", "expires_at", "has_expired")

    def __init__(self, timer: SharedTimer, loop: asyncio.AbstractEventLoop, total: float, phase: float) -> None:
        self._timer: Final = timer
        self._loop: Final = loop
        self._phase: Final = phase
        self._end: Final = loop.time() + total
        task: Any = asyncio.current_task(loop)
        self._task: Final[asyncio.Task[Any]] = task
        self._cancelling: Final[int] = task.cancelling()
        self.expires_at = self._end
        self.has_expired = False

    def __enter__(self) -> Self:
        self._timer.running[self._task] = self
        if self.expires_at < self._timer.wakes_at:
            self._timer.wake_at(self.expires_at, self._loop)
        return self

    def __exit__(self, error_class: type[BaseException] | None, *_: object) -> None:
        del self._timer.running[self._task]
        # If the caller has cancelled the task too, the CancelledError is passed on.
        if self.has_expired and self._task.uncancel() <= self._cancelling and error_class is asyncio.CancelledError:
            raise TimeoutError

    def begin_phase(self) -> None:
        """Begin a phase: the timeout expires when the phase or the total time has passed."""
        phase_end = self._loop.time() + self._phase
        self.expires_at = phase_end if phase_end < self._end else self._end  # noqa: FURB136 - min() takes longer
        if self.expires_at < self._timer.wakes_at:
            self._timer.wake_at(self.expires_at, self._loop)
