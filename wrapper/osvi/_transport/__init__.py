"""Everything that does I/O: the only part of the package that imports httpx, httpcore, aiohttp or anyio.

No object of theirs goes further: what came becomes an `RawAnswer` or an error of ours.
"""

from __future__ import annotations

import platform
from typing import Any, Final, TypeVar

import httpx

from osvi._version import __version__

USER_AGENT: Final = f"osvi/{__version__} httpx/{httpx.__version__} python/{platform.python_version()}"

P = TypeVar("P", bound=Any)


def route(pool: P) -> P:
    """Return what sends the next attempt of a client that has this pool.

    Both clients look this function up for every attempt. A test fixture that replaces it reaches every client, also one
    that was made before the test.
    """
    return pool
