import logging
import signal
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support import BlockingClient


try:
    import osvi
except ImportError as error:  # a new spec may no longer have what the wrapper imports: contract/test_spec.py says what
    HEADER = f"osvi cannot be imported: {error}"
else:
    pytest_plugins = ["osvi.pytest_plugin"]
    HEADER = f"osvi {osvi.__version__} of openapi.yaml {osvi.SPEC_SHA256}"


def pytest_report_header() -> str:
    return HEADER


def pytest_configure(config: pytest.Config) -> None:
    config.option.loadscopereorder = False  # pytest-xdist keeps the order of the files, instead of the largest first


# The files that take longest come first: at the end, all processes but one would have nothing to do.
LONG = ["watch", "update_spec", "cli", "generation", "version", "cli_many", "tomorrow", "null", "normal_form"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {f"test_{name}": place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: order.get(item.path.stem, len(LONG)))


# A background job of a shell ignores SIGINT, and so would the processes that the tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OSVI_API_TOKEN", "OSVI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(params=["sync", "async", "aiohttp"])
def make(request: pytest.FixtureRequest) -> "Iterator[Callable[..., BlockingClient]]":
    """Make a client of either kind, the async one on either pool; it is closed at the end of the test.

    A test that passes `transport=` has the mark `support.MOCKED`, since no pool can be chosen then.
    """
    from support import BlockingClient  # noqa: PLC0415 - the contract checks run where the wrapper cannot be imported

    with ExitStack() as made:

        def make_one(**options: Any) -> BlockingClient:
            assert request.param != "aiohttp" or "transport" not in options, "mark this test with support.MOCKED"
            return made.enter_context(BlockingClient(request.param, **options))

        yield make_one


@pytest.fixture
def logs() -> "Iterator[list[str]]":
    """Give the texts and the attributes of all log records, of every level."""
    from canary import Everything  # noqa: PLC0415 - as above

    handler = Everything()
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler.seen
    root.removeHandler(handler)
    root.setLevel(level)
