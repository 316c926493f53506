"""The real packages that users put beside osvi. Run by `.ci/run tools`, with the extra `tools`."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from osvi.testing import no_waits
from support import RECORD, BlockingClient, Make, RawServer, raw_json, serving

# Made here and in no line of the source: Sentry sends the lines around each frame.
TOKEN = secrets.token_hex(8)
HEADER = secrets.token_hex(12)


@pytest.fixture
def canaries() -> tuple[str, ...]:
    """Give the token and the value of the header that each client of these tests has."""
    return TOKEN, HEADER


@pytest.fixture
def server() -> Iterator[RawServer]:
    """Give a server on this machine that fails once, and then has a session. It counts what reaches it."""
    sessions = {"success": True, "data": {"agent_x": RECORD}}
    with serving(raw_json({"success": False, "error": "busy"}, "503 Busy"), raw_json(sessions)) as server:
        yield server


@pytest.fixture
def api_of(make: Make) -> Iterator[Make]:
    """Make a client with both canaries, and take the waits between attempts out."""

    def make_one(**options: Any) -> BlockingClient:
        return make(**{"token": TOKEN, "headers": {"X-Tenant": HEADER}} | options)

    with no_waits():
        yield make_one
