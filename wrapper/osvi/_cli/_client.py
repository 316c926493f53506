"""The client that a command asks with."""

from __future__ import annotations

from typing import Any

import osvi


def make(*, sandbox: bool) -> osvi.Client:
    """Return a client of the API that the environment names, or of an OSVI in memory."""
    return osvi.Client(**_options(sandbox=sandbox))


def make_async(*, sandbox: bool) -> osvi.AsyncClient:
    """Return an async client likewise; on aiohttp's pool where that is installed and can be used."""
    options = _options(sandbox=sandbox)
    try:
        return osvi.AsyncClient(**options, pool="aiohttp")
    except osvi.ConfigurationError:
        return osvi.AsyncClient(**options)


def _options(*, sandbox: bool) -> dict[str, Any]:
    if not sandbox:
        return {}
    in_memory = osvi.testing.Sandbox()
    # A base URL, lest one from the environment be checked for a server that is not asked.
    return {"token": in_memory.token, "base_url": "https://sandbox.invalid", "transport": in_memory.transport}
