"""I/O: the only part of the package that imports httpx, httpcore, aiohttp, anyio and yarl.

A pool takes the request of an attempt, and returns a response, or the failure of the connection. It knows no call, no
operation and no client. Objects of these libraries do not leave this part.
"""

from __future__ import annotations

import platform
from typing import Any, Final, TypeVar

import httpx

from osvi._version import __version__

USER_AGENT: Final = f"osvi/{__version__} httpx/{httpx.__version__} python/{platform.python_version()}"

P = TypeVar("P", bound=Any)


def route(pool: P) -> P:
    """Return the pool that sends the next attempt of a client: its own.

    Both clients call this function for every attempt. The fixture ``osvi_sandbox`` replaces it, and thereby the pool of
    every client, also of one that was made before the test.
    """
    return pool
