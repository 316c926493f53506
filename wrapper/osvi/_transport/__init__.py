"""I/O: the only part of the package that imports httpx, httpcore, aiohttp, anyio and yarl.

Their responses and exceptions do not leave it: it returns a `RawAnswer` or an `OSVIError`.
"""

from __future__ import annotations

import platform
from typing import Any, Final, TypeVar

import httpx

from osvi._version import __version__

USER_AGENT: Final = f"osvi/{__version__} httpx/{httpx.__version__} python/{platform.python_version()}"

P = TypeVar("P", bound=Any)


def route(pool: P) -> P:
    """Return the pool that sends the next attempt of a client that has this pool.

    Both clients call it for every attempt. A test fixture replaces it, and so reaches every client, also one that was
    made before the test.
    """
    return pool
