"""The event loop of an async client: asyncio's or trio's."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AbstractContextManager
from typing import Any

import anyio

from osvi.errors import ConfigurationError


async def sleep(seconds: float) -> None:
    """Wait for a number of seconds. On asyncio, call ``asyncio.sleep``, which tests often replace."""
    await (anyio.sleep(seconds) if running_loop() is None else asyncio.sleep(seconds))


def at_most(seconds: float) -> AbstractContextManager[object]:
    """Return a context manager that cancels its block, and continues after it, when a number of seconds has passed."""
    return anyio.move_on_after(seconds)


def running_loop() -> asyncio.AbstractEventLoop | None:
    """Return the running loop of asyncio. None on trio."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def bind(pool: Any) -> None:
    """Bind a pool to the running loop, its ``loop`` from now on.

    Raises:
        ConfigurationError: The pool belongs to another loop.
    """
    loop = running_loop() or sys.modules["trio"].lowlevel.current_trio_token()
    if pool.loop is None:
        pool.loop = loop
    elif pool.loop is not loop:
        raise ConfigurationError(
            "this AsyncClient has been used in another event loop, to which its connections belong; "
            "make one for each loop (or use Client)"
        )
