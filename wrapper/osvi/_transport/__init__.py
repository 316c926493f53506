"""I/O: the only part of the package that imports httpx, httpcore, aiohttp, anyio and yarl.

(`_core.http` imports one class of httpx, its headers.) A pool takes the request of an attempt, and returns the
response, or the error of the call if there is none. It knows no call and no client.
"""

from __future__ import annotations

import platform
from typing import Final

import httpx

from osvi._version import __version__

USER_AGENT: Final = f"osvi/{__version__} httpx/{httpx.__version__} python/{platform.python_version()}"
