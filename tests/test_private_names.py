"""The private names of httpx and aiohttp that this package uses: they exist and work, and it works without them."""

import asyncio
from typing import Any

import aiohttp
import httpcore
import httpx
import osvi
import pytest
from osvi._transport import deadline
from osvi._transport.deadline import limit_reads
from support import EMPTY, TOKEN, Make, serving, then_close

# httpx


def test_a_transport_of_httpx_has_a_pool_with_a_network_backend() -> None:
    with httpx.HTTPTransport() as transport:
        assert isinstance(transport._pool, httpcore.ConnectionPool)
        assert isinstance(transport._pool._network_backend, httpcore.NetworkBackend)
        before = transport._pool._network_backend
        limit_reads(transport)
        assert transport._pool._network_backend is not before


def test_the_client_works_and_warns_once_if_httpx_renames_its_pool(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    deadline._warn_of_lost_limit.cache_clear()
    made: list[httpx.HTTPTransport] = []

    class Moved(httpx.HTTPTransport):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self._connections = self.__dict__.pop("_pool")
            made.append(self)

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            self._pool = self._connections
            try:
                return super().handle_request(request)
            finally:
                del self._pool

        def close(self) -> None:
            self._connections.close()

    monkeypatch.setattr(httpx, "HTTPTransport", Moved)
    with serving(EMPTY) as server:
        for _ in range(2):
            with osvi.Client(TOKEN, base_url=server.url) as client:
                assert client.list_active_sessions("x") == {}
    assert not any(hasattr(transport, "_pool") for transport in made)
    (record,) = [record for record in caplog.records if record.levelname == "WARNING"]
    assert record.name == "osvi"
    assert record.getMessage().startswith("total_timeout does not end a read of Client: httpx ")


@pytest.mark.parametrize("backend", [None, "something else"])
def test_another_kind_of_network_backend_is_not_replaced(backend: Any) -> None:
    with httpx.HTTPTransport() as transport:
        kept = transport._pool._network_backend
        transport._pool._network_backend = backend
        limit_reads(transport)
        assert transport._pool._network_backend is backend
        transport._pool._network_backend = kept


def test_a_connection_serves_one_call_if_httpx_does_not_say_what_is_unread(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(EMPTY) as server:
        api = make(base_url=server.url)
        assert [api.list_active_sessions() for _ in range(2)] == [{}, {}]
        assert len(server.connections) == 1
        for pool in (httpcore.ConnectionPool, httpcore.AsyncConnectionPool):
            monkeypatch.delattr(pool, "connections")
        assert [api.list_active_sessions() for _ in range(2)] == [{}, {}]
        assert len(server.connections) == (1 if api.pool == "aiohttp" else 3)


# aiohttp


def test_aiohttp_sends_no_request_of_a_client_again() -> None:
    async def main(url: str) -> None:
        async with osvi.AsyncClient(TOKEN, base_url=url, pool="aiohttp", retries=0) as client:
            await client.list_active_sessions("x")
            with pytest.raises(osvi.TransportError):
                await client.list_active_sessions("x")
            assert await client.list_active_sessions("x") == {}

    with serving(EMPTY, then_close(b""), EMPTY) as server:
        asyncio.run(main(server.url))
        assert len(server.requests) == 3


class _Moved:
    """A session of an aiohttp without the private name, which takes no attribute that it does not know."""

    def __init__(self, **options: Any) -> None:
        object.__setattr__(self, "session", _SESSION(**options))

    def __getattr__(self, name: str) -> Any:
        if name == "_retry_connection":
            raise AttributeError(name)
        return getattr(self.__dict__["session"], name)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(name)


_SESSION = aiohttp.ClientSession


def test_the_client_works_if_aiohttp_renames_its_attribute(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main(url: str) -> None:
        async with osvi.AsyncClient(TOKEN, base_url=url, pool="aiohttp") as client:
            assert await client.list_active_sessions("x") == {}

    made: list[_Moved] = []

    def moved(**options: Any) -> _Moved:
        made.append(_Moved(**options))
        return made[-1]

    monkeypatch.setattr(aiohttp, "ClientSession", moved)
    with serving(EMPTY) as server:
        asyncio.run(main(server.url))
    assert len(made) == 1
