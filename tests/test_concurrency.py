"""Many threads, many tasks, cancellations, forks and loops: each works, or the error says what to do."""

import asyncio
import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import osvi
import pytest
import trio
from support import CUSTOMER, EMPTY, FORK, TOKEN, answering, ok, raw_json, serving


def test_the_wait_for_a_connection_of_aiohttp_is_not_part_of_the_timeout() -> None:
    def slow(connection: socket.socket) -> None:
        time.sleep(0.4)
        connection.sendall(raw_json({"success": True, "data": {}}, "200 OK", "Connection: close"))

    async def main(url: str) -> None:
        async with osvi.AsyncClient(TOKEN, base_url=url, pool="aiohttp", timeout=0.7, retries=0) as client:
            assert await asyncio.gather(*(client.list_active_sessions(CUSTOMER) for _ in range(3))) == [{}] * 3

    with serving(slow) as server:
        asyncio.run(main(server.url))


def test_the_async_client_works_under_trio() -> None:
    async def main(url: str) -> None:
        async with osvi.AsyncClient(TOKEN, max_connections=1, base_url=url) as client:
            assert await client.list_active_sessions(CUSTOMER) == {}

    with serving(raw_json({}, "503 Busy", "Retry-After: 0"), EMPTY) as server:
        trio.run(main, server.url)
        assert len(server.requests) == 2


def test_many_lookups_at_once_need_asyncio() -> None:
    async def main() -> None:
        async with osvi.AsyncClient(TOKEN, transport=answering(ok({}))) as client:
            with pytest.raises(osvi.ConfigurationError, match="run on asyncio alone"):
                await anext(client.iter_active_sessions([CUSTOMER]))

    trio.run(main)


def test_a_call_from_another_event_loop_is_refused() -> None:
    client = osvi.AsyncClient(TOKEN, transport=answering(ok({})))

    async def look() -> object:
        return await client.list_active_sessions(CUSTOMER)

    assert asyncio.run(look()) == {}
    with pytest.raises(osvi.ConfigurationError, match=r"another event loop.*make one for each loop"):
        asyncio.run(look())


@pytest.mark.parametrize("pool", ["httpx", "aiohttp"])
def test_closing_in_another_event_loop_is_refused(pool: Any) -> None:
    with serving(EMPTY) as server:
        client = osvi.AsyncClient(TOKEN, base_url=server.url, pool=pool)

        async def look() -> object:
            return await client.list_active_sessions(CUSTOMER)

        with asyncio.Runner() as runner:
            assert runner.run(look()) == {}
            with pytest.raises(osvi.ConfigurationError, match="another event loop"):
                asyncio.run(client.aclose())
            runner.run(client.aclose())


def test_asyncio_after_trio_is_refused() -> None:
    with serving(EMPTY) as server:
        client = osvi.AsyncClient(TOKEN, base_url=server.url)

        async def look() -> object:
            return await client.list_active_sessions(CUSTOMER)

        async def look_and_close() -> None:
            assert await look() == {}
            with pytest.raises(osvi.ConfigurationError, match="another event loop"):
                await trio.to_thread.run_sync(asyncio.run, look())
            await client.aclose()

        trio.run(look_and_close)


def test_calls_that_wait_for_a_connection_of_aiohttp_end_when_the_client_is_closed() -> None:
    arrived = threading.Event()

    def silent(connection: socket.socket) -> None:
        arrived.set()
        connection.recv(1)

    async def main(url: str) -> None:
        client = osvi.AsyncClient(TOKEN, max_connections=1, base_url=url, pool="aiohttp", retries=0)
        calls = [asyncio.create_task(client.list_active_sessions(CUSTOMER)) for _ in range(5)]
        assert await asyncio.to_thread(arrived.wait, 5)
        await client.aclose()
        async with asyncio.timeout(5):
            errors = await asyncio.gather(*calls, return_exceptions=True)
        assert {type(error) for error in errors} == {osvi.ConfigurationError}

    with serving(silent) as server:
        asyncio.run(main(server.url))


def test_a_token_callable_that_never_returns_ends_with_the_call() -> None:
    async def main() -> None:
        async def token() -> str:
            await asyncio.sleep(3600)
            return TOKEN

        async with osvi.AsyncClient(token, transport=answering(ok({})), total_timeout=0.1) as client:
            with pytest.raises(osvi.RequestTimeoutError, match=r"token callable .* the total_timeout of 0\.1 s"):
                await client.list_active_sessions(CUSTOMER)

    asyncio.run(main())


def test_a_call_fails_with_an_error_of_this_package_if_its_client_is_closed() -> None:
    release = threading.Event()

    def slow(connection: object) -> None:
        del connection
        release.wait(5)

    with serving(slow) as server:
        client = osvi.Client(TOKEN, base_url=server.url, retries=0, timeout=5)
        with ThreadPoolExecutor(1) as threads:
            call = threads.submit(client.list_active_sessions, CUSTOMER)
            while not server.requests:
                time.sleep(0.001)
            client.close()
            release.set()
            with pytest.raises(osvi.OSVIError):
                call.result()


@pytest.mark.parametrize("pool", ["httpx", "aiohttp"])
def test_an_async_client_that_is_closed_during_a_call_is_a_configuration_error(pool: Any) -> None:
    arrived = threading.Event()

    def silent(connection: socket.socket) -> None:
        arrived.set()
        connection.recv(1)  # until the client closes the connection

    async def main(url: str) -> None:
        client = osvi.AsyncClient(TOKEN, base_url=url, pool=pool, retries=0)
        call = asyncio.create_task(client.list_active_sessions(CUSTOMER))
        assert await asyncio.to_thread(arrived.wait, 5)
        await client.aclose()
        with pytest.raises(osvi.ConfigurationError, match="was closed while it was used; make a new one"):
            await call
        with pytest.raises(osvi.ConfigurationError, match="is closed; make a new one"):
            await client.list_active_sessions(CUSTOMER)

    with serving(silent) as server:
        asyncio.run(main(server.url))


@pytest.mark.parametrize("pool", ["httpx", "aiohttp"])
def test_an_async_client_that_is_closed_before_it_connects_sends_nothing(pool: Any) -> None:
    async def main(url: str) -> None:
        async def token() -> str:
            await client.aclose()
            return TOKEN

        client = osvi.AsyncClient(token, base_url=url, pool=pool)
        with pytest.raises(osvi.ConfigurationError, match="is closed; make a new one"):
            await client.list_active_sessions(CUSTOMER)

    with serving(EMPTY) as server:
        asyncio.run(main(server.url))
        assert server.requests == []


@FORK
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_child_process_opens_its_own_connections() -> None:
    with serving(EMPTY) as server, osvi.Client(TOKEN, base_url=server.url) as client:
        derived = client.with_options(timeout=5)
        derived.list_active_sessions(CUSTOMER)
        child = os.fork()
        if child == 0:  # without the cleanup of pytest
            try:
                both = (derived.list_active_sessions(CUSTOMER), client.list_active_sessions(CUSTOMER))
                os._exit(0 if both == ({}, {}) else 1)
            finally:
                os._exit(2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        client.list_active_sessions(CUSTOMER)

        # The parent went on with its connection, and the child opened another.
        assert len(server.connections) == 2
