"""structlog: what the caller has bound is there in each lookup, and retries print nothing."""

import pytest

pytest.importorskip("structlog")  # of the extra `tools`

import logging
from collections.abc import Iterator

import osvi
import structlog
from osvi.testing import Sandbox, no_waits
from structlog.contextvars import bound_contextvars, get_contextvars, merge_contextvars
from support import TOKEN, Make, RawServer


def test_what_the_caller_has_bound_is_there_for_the_token_of_each_lookup() -> None:
    sandbox = Sandbox()
    seen: list[object] = []

    def token() -> str:
        seen.append(get_contextvars().get("report"))
        return sandbox.token

    with bound_contextvars(report="nightly"), osvi.Client(token, transport=sandbox.transport) as client:
        results = list(client.iter_active_sessions([f"+{number}" for number in range(9)], concurrency=3))

    assert [result.error for result in results] == [None] * 9
    assert seen == ["nightly"] * 9


@pytest.fixture
def records() -> Iterator[list[str]]:
    """Give the lines that structlog makes of the records of osvi."""
    lines: list[str] = []

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler = Lines()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[merge_contextvars],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.KeyValueRenderer(),
            ],
        )
    )
    logger = logging.getLogger("osvi")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield lines
    logger.removeHandler(handler)
    logger.setLevel(level)


def test_what_the_caller_has_bound_is_in_the_record_of_each_lookup(records: list[str]) -> None:
    sandbox = Sandbox()
    with bound_contextvars(report="nightly"), osvi.Client(sandbox.token, transport=sandbox.transport) as client:
        list(client.iter_active_sessions([f"+{number}" for number in range(9)], concurrency=3))

    assert len(records) == 9
    assert all("report='nightly'" in line for line in records)


def test_retries_print_nothing(make: Make, server: RawServer, capfd: pytest.CaptureFixture[str]) -> None:
    with no_waits():
        make(token=TOKEN, base_url=server.url).list_active_sessions()

    assert len(server.requests) == 2
    assert tuple(capfd.readouterr()) == ("", "")
