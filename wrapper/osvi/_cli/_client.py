"""The clients of the commands, and the options for them: ``--sandbox`` and ``--allow-http``."""

from __future__ import annotations

from typing import Any

import click

import osvi

# A command passes the values of both to `make_client` or `make_async_client`.
sandbox_option = click.option("--sandbox", is_flag=True, help="Ask an OSVI in memory, which needs no token.")
allow_http_option = click.option(
    "--allow-http", is_flag=True, envvar="OSVI_ALLOW_HTTP", help="Permit http:// to other machines (OSVI_ALLOW_HTTP=1)."
)


def make_client(**connection: bool) -> osvi.Client:
    """Return a client of the API that the environment names, or of the sandbox."""
    return osvi.Client(**_arguments(**connection))


def make_async_client(**connection: bool) -> osvi.AsyncClient:
    """Return an async client of the same API, with the pool of aiohttp if it is installed and can be used."""
    arguments = _arguments(**connection)
    try:
        return osvi.AsyncClient(**arguments, pool="aiohttp")
    except osvi.ConfigurationError:
        return osvi.AsyncClient(**arguments)


def _arguments(*, sandbox: bool, allow_http: bool) -> dict[str, Any]:
    if not sandbox:
        return {"allow_http": allow_http}
    in_memory = osvi.testing.Sandbox()
    # With this base_url, OSVI_BASE_URL is not read and checked, since no request would go there.
    return {"token": in_memory.token, "base_url": "https://sandbox.invalid", "transport": in_memory.transport}
