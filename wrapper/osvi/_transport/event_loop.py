"""The event loop of an async client: asyncio's or trio's."""

from __future__ import annotations

import asyncio
from typing import Any

import anyio

from osvi.errors import ConfigurationError


async def sleep(seconds: float) -> None:
    """Wait for a number of seconds. On asyncio, call ``asyncio.sleep``, which tests often replace."""
    await (anyio.sleep(seconds) if running_loop() is None else asyncio.sleep(seconds))


def running_loop() -> asyncio.AbstractEventLoop | None:
    """Return the running loop of asyncio. None on trio."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def bind(pool: Any) -> asyncio.AbstractEventLoop | None:
    """Bind a pool to the running loop, its ``loop`` from now on, and return the loop. None on trio.

    Raises:
        ConfigurationError: The pool belongs to another loop.
    """
    loop = running_loop()
    if pool.loop is None:
        pool.loop = loop
    elif loop is not None and pool.loop is not loop:
        raise ConfigurationError(
            "this AsyncClient has been used in another event loop, to which its connections belong; "
            "make one for each loop (or use Client)"
        )
    return loop
