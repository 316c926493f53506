"""The fixture ``osvi_sandbox``: put ``pytest_plugins = ["osvi.pytest_plugin"]`` into your topmost ``conftest.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osvi.testing import Sandbox


@pytest.fixture
def osvi_sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """Give an `osvi.testing.Sandbox`, to which every client goes that is made without arguments during the test.

    It is served on this machine, and ``OSVI_BASE_URL`` and ``OSVI_API_TOKEN`` name it: code that calls
    ``osvi.Client()`` needs no change to be tested. Calls are tried again as often as ever, but without the waits in
    between.
    """
    from osvi.testing import Sandbox, no_waits  # noqa: PLC0415 - few tests use them

    sandbox = Sandbox()
    with sandbox.serve() as base_url, no_waits():
        monkeypatch.setenv("OSVI_BASE_URL", base_url)
        monkeypatch.setenv("OSVI_API_TOKEN", sandbox.token)
        yield sandbox
