"""The client that a command asks with."""

from __future__ import annotations

import osvi


def make(*, sandbox: bool) -> osvi.Client:
    """Return a client of the API that the environment names, or of an OSVI in memory."""
    if not sandbox:
        return osvi.Client()
    in_memory = osvi.testing.Sandbox()
    # A base URL, lest one from the environment be checked for a server that is not asked.
    return osvi.Client(in_memory.token, base_url="https://sandbox.invalid", transport=in_memory.transport)
