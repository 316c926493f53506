"""The client of a command, and the options ``--sandbox`` and ``--allow-http`` that it depends on."""

from __future__ import annotations

from typing import Any

import click

import osvi

# A command passes the values of both to `make` or `make_async`.
sandbox_option = click.option("--sandbox", is_flag=True, help="Ask an OSVI in memory, which needs no token.")
allow_http_option = click.option(
    "--allow-http", is_flag=True, envvar="OSVI_ALLOW_HTTP", help="Permit http:// to other machines (OSVI_ALLOW_HTTP=1)."
)


def make(**connection: bool) -> osvi.Client:
    """Return a client of the API that the environment names, or of an OSVI in memory."""
    return osvi.Client(**_arguments(**connection))


def make_async(**connection: bool) -> osvi.AsyncClient:
    """Return an async client of the same API, with aiohttp's pool where aiohttp is installed and can be used."""
    arguments = _arguments(**connection)
    try:
        return osvi.AsyncClient(**arguments, pool="aiohttp")
    except osvi.ConfigurationError:
        return osvi.AsyncClient(**arguments)


def _arguments(*, sandbox: bool, allow_http: bool) -> dict[str, Any]:
    if not sandbox:
        return {"allow_http": allow_http}
    in_memory = osvi.testing.Sandbox()
    # OSVI_BASE_URL would be checked, though no request goes there.
    return {"token": in_memory.token, "base_url": "https://sandbox.invalid", "transport": in_memory.transport}
