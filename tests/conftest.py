from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support import Api


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OSVI_API_TOKEN", "OSVI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(params=["sync", "async"])
def make(request: pytest.FixtureRequest) -> "Iterator[Callable[..., Api]]":
    """Make a client of either kind; it is closed at the end of the test."""
    from support import Api  # noqa: PLC0415 - the contract checks run where the wrapper cannot be imported

    made: list[Api] = []

    def make_one(**options: Any) -> Api:
        made.append(Api(request.param, **options))
        return made[-1]

    yield make_one
    for api in made:
        api.close()
