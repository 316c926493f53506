"""The event loop of an async client: asyncio's or trio's."""

from __future__ import annotations

import asyncio

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


class EventLoop:
    """The event loop to which the connections of a pool belong. None before the first call, and on trio."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None

    def bind(self) -> asyncio.AbstractEventLoop | None:
        """Bind the connections to the running loop, and return the loop. None on trio.

        Raises:
            ConfigurationError: The connections belong to another loop.
        """
        loop = running_loop()
        if self._loop is None:
            self._loop = loop
        elif loop is not None and self._loop is not loop:
            raise ConfigurationError(
                "this AsyncClient has been used in another event loop, to which its connections belong; "
                "make one for each loop (or use Client)"
            )
        return loop
