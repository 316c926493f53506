"""The fixture ``osvi_sandbox``: put ``pytest_plugins = ["osvi.pytest_plugin"]`` into your topmost ``conftest.py``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import osvi


@pytest.fixture
def osvi_sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[osvi.testing.Sandbox]:
    """Provide an `osvi.testing.Sandbox` that answers every client during the test, in process.

    A client that is made during the test needs no arguments, since ``OSVI_BASE_URL`` and ``OSVI_API_TOKEN`` are set.
    The sandbox also answers a client that was made before the test, with any token and base URL. A client with its own
    ``transport`` uses that transport. Failed calls are tried again as usual, but without the waits. During a test, an
    `AsyncClient` can be used in one event loop, as in production.
    """
    from osvi._transport.mock import in_process  # noqa: PLC0415 - pytest loads this module for every test
    from osvi._transport.shared_pool import SharedPool  # noqa: PLC0415

    sandbox = osvi.testing.Sandbox()
    monkeypatch.setattr(SharedPool, "get", in_process(sandbox.receive, sandbox.token))
    monkeypatch.setenv("OSVI_BASE_URL", "https://sandbox.invalid")
    monkeypatch.setenv("OSVI_API_TOKEN", sandbox.token)
    with osvi.testing.no_waits():
        yield sandbox
