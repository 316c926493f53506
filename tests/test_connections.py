"""The connections of the pools on httpx: how many there are, who gets one next, and which."""

import asyncio
import gc
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import Any

import anyio
import httpx
import osvi
import pytest
from osvi._transport import connections
from osvi._transport.connections import Connections
from osvi._transport.current_request import current_request
from support import (
    CUSTOMER,
    EMPTY,
    LEAKING_ANYIO,
    TOKEN,
    BlockingClient,
    Make,
    RawServer,
    ok,
    open_descriptors,
    raw_json,
    serving,
    then_reset,
)

ON_HTTPX = pytest.mark.parametrize("make", ["sync", "async"], indirect=True)
LAST = raw_json({"success": True, "data": {}}, "200 OK", "Connection: close")


def look_up(api: BlockingClient, count: int, *, times: int = 1) -> list[Any]:
    """Look up the customers "c0", "c1", … at the same time, each so many times in its own thread or task.

    Return the results of the last times, and the errors.
    """
    client = api.client

    def one(customer: str) -> Any:
        return [api.list_active_sessions(customer) for _ in range(times)][-1]

    async def one_async(customer: str) -> Any:
        assert isinstance(client, osvi.AsyncClient)
        return [await client.list_active_sessions(customer) for _ in range(times)][-1]

    async def all_async() -> list[Any]:
        return await asyncio.gather(*map(one_async, customers), return_exceptions=True)

    customers = [f"c{number}" for number in range(count)]
    if isinstance(client, osvi.AsyncClient):
        return api.run(all_async())
    with ThreadPoolExecutor(count) as threads:
        futures = [threads.submit(one, customer) for customer in customers]
    return [future.exception() or future.result() for future in futures]


def look_up_beside(api: BlockingClient) -> dict[str, osvi.ChatSession]:
    """Look up a customer while another thread does so with the same connections."""
    if isinstance(api.client, osvi.Client):
        return api.client.list_active_sessions(CUSTOMER)
    lookup = api.client.list_active_sessions(CUSTOMER)
    return asyncio.run_coroutine_threadsafe(lookup, api._runner.get_loop()).result(20)


class Gate:
    """An answer that lets its requests wait until they may pass."""

    def __init__(self) -> None:
        self.waiting = 0
        self.most = 0  # that have waited at a time
        self._passes = 0
        self._changed = threading.Condition()

    def __call__(self, connection: socket.socket) -> None:
        with self._changed:
            self.waiting += 1
            self.most = max(self.most, self.waiting)
            self._changed.notify_all()
            assert self._changed.wait_for(lambda: self._passes, 20)
            self._passes -= 1
            self.waiting -= 1
        connection.sendall(LAST)

    def open(self, passes: int) -> None:
        with self._changed:
            self._passes += passes
            self._changed.notify_all()

    def wait_for(self, waiting: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.waiting == waiting, 20), self.waiting


@contextmanager
def meanwhile(work: Callable[[], object]) -> Iterator[None]:
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(work)
        yield
        running.result(20)


@pytest.fixture
def lined_up(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the targets of the requests in the order in which they have begun their turn or lined up."""
    targets: list[str] = []
    lock = threading.Lock()
    begin_turn = Connections._begin_turn

    def recorded(self: Connections[Any], new_event: Callable[[], Any]) -> Any:
        with lock:
            targets.append(current_request.get().operation.url)
            return begin_turn(self, new_event)

    monkeypatch.setattr(Connections, "_begin_turn", recorded)
    return targets


@ON_HTTPX
def test_a_hundred_requests_are_sent_at_a_time_and_the_next_one_waits(make: Make) -> None:
    gate = Gate()
    with serving(gate) as server:
        api = make(base_url=server.url, timeout=20)

        def run() -> None:
            assert look_up(api, 101) == [{}] * 101

        with meanwhile(run):
            gate.wait_for(100)
            assert len(server.requests) == 100
            gate.open(1)
            gate.wait_for(100)  # the last one has come
            gate.open(100)
        assert len(server.requests) == 101
        assert gate.most == 100


@ON_HTTPX
def test_who_comes_first_is_served_first(make: Make, lined_up: list[str]) -> None:
    with serving(EMPTY) as server:
        # A task that begins its next call at once must not get ahead of those that wait.
        assert look_up(make(max_connections=1, base_url=server.url), 8, times=5) == [{}] * 8

    assert [request.split()[1].decode() for request in server.requests] == lined_up
    assert len({*lined_up}) == 8
    assert len(server.connections) == 1


@ON_HTTPX
def test_few_calls_keep_few_connections(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    together = threading.Barrier(5)
    later: list[socket.socket] = []  # the connection of each request after the first five
    ended: list[socket.socket] = []

    def serve(connection: socket.socket) -> None:
        together.wait(20)
        connection.sendall(EMPTY)
        while server._read(connection):
            later.append(connection)
            connection.sendall(EMPTY)
        ended.append(connection)

    with serving(serve) as server:
        api = make(base_url=server.url)
        look_up(api, 5)
        look_up(api, 1, times=3)
        assert len(server.connections) == 5
        assert len({*later}) == 1

        six_seconds_later = SimpleNamespace(monotonic=lambda: time.monotonic() + 6)
        monkeypatch.setattr(connections, "time", six_seconds_later)
        look_up(api, 1)
        while len(ended) < 4:  # those that have not been used for so long
            time.sleep(0.001)
        look_up(api, 1)
        assert len({*later}) == 1
        assert len(server.connections) == 5


@ON_HTTPX
def test_a_call_that_fails_gives_its_turn_back(make: Make) -> None:
    with serving(EMPTY, then_reset(b""), then_reset(EMPTY[:-1]), EMPTY) as server:
        api = make(max_connections=1, base_url=server.url, retries=0)
        assert api.list_active_sessions() == {}
        for _ in range(2):
            with pytest.raises(osvi.TransportError):
                api.list_active_sessions()
        assert api.list_active_sessions() == {}
        assert len(server.connections) == 3


def test_a_call_that_is_cancelled_while_a_connection_is_closed_leaves_no_turn_and_no_socket_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closing: list[httpx.AsyncClient] = []

    async def cancelled_while_it_closes(client: osvi.AsyncClient) -> None:
        async def never_closed(closed: httpx.AsyncClient) -> None:
            closing.append(closed)
            begun.set()
            await asyncio.Event().wait()

        begun = asyncio.Event()
        with monkeypatch.context() as patch:
            patch.setattr(httpx.AsyncClient, "aclose", never_closed)
            call = asyncio.create_task(client.list_active_sessions(CUSTOMER))
            await begun.wait()
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call

    async def main(url: str) -> None:
        async with osvi.AsyncClient(TOKEN, max_connections=1, base_url=url, retries=0, total_timeout=5) as client:
            await cancelled_while_it_closes(client)  # the connection that was reset
            assert await client.list_active_sessions(CUSTOMER) == {}
            monkeypatch.setattr(connections, "KEEPALIVE", -1)
            await cancelled_while_it_closes(client)  # the one that has not been used for some time
            assert await client.list_active_sessions(CUSTOMER) == {}
        assert [client.is_closed for client in closing] == [True, True]

    with serving(then_reset(b""), EMPTY) as server:
        asyncio.run(main(server.url))


@ON_HTTPX
def test_a_call_that_gets_no_connection_in_time_was_not_sent(make: Make) -> None:
    gate = Gate()
    with serving(gate) as server:
        api = make(max_connections=1, base_url=server.url, timeout=20)
        with meanwhile(lambda: look_up(api, 1)):
            gate.wait_for(1)
            with pytest.raises(osvi.RequestTimeoutError) as caught:
                look_up_beside(api.with_options(total_timeout=0.05))
            gate.open(2)
        assert look_up(api, 1) == [{}]
        assert len(server.requests) == 2

    assert "within the total_timeout of 0.05 s (PoolTimeout: all connections are in use)" in str(caught.value)
    assert not caught.value.was_sent


def test_calls_that_wait_for_a_connection_end_when_their_client_is_closed() -> None:
    async def main(url: str) -> None:
        client = osvi.AsyncClient(TOKEN, max_connections=1, base_url=url)
        calls = [asyncio.create_task(client.list_active_sessions(CUSTOMER)) for _ in range(3)]
        await asyncio.to_thread(gate.wait_for, 1)
        await client.aclose()
        for call in calls:
            with pytest.raises(osvi.ConfigurationError, match="was closed while it was used; make a new one"):
                await call

    gate = Gate()
    with serving(gate) as server:
        asyncio.run(main(server.url))
        assert len(server.requests) == 1
        gate.open(1)


def test_calls_on_a_transport_of_the_user_do_not_wait() -> None:
    async def main() -> None:
        async def answer(_: httpx.Request) -> httpx.Response:
            waiting.append(None)
            if len(waiting) == 3:
                all_wait.set()
            await all_wait.wait()
            return ok({})

        waiting: list[None] = []
        all_wait = asyncio.Event()
        async with osvi.AsyncClient(TOKEN, max_connections=1, transport=httpx.MockTransport(answer)) as client:
            calls = (client.list_active_sessions(CUSTOMER) for _ in range(3))
            assert await asyncio.wait_for(asyncio.gather(*calls), 20) == [{}] * 3

    asyncio.run(main())


def test_a_call_leaves_no_circle_of_objects_to_the_garbage_collector(make: Make) -> None:
    with serving(EMPTY) as server:
        api = make(base_url=server.url)
        api.list_active_sessions()
        gc.collect()
        gc.set_debug(gc.DEBUG_SAVEALL)
        try:
            api.list_active_sessions()
            gc.collect()
            modules = {type(item).__module__ for item in gc.garbage}
        finally:
            gc.set_debug(0)
            gc.garbage.clear()

    assert not any(module.startswith(("osvi", "httpx", "httpcore", "aiohttp")) for module in modules)


@LEAKING_ANYIO
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_cancelled_calls_and_broken_connections_leave_no_turn_and_no_socket_behind(backend: str) -> None:
    chance = random.Random(7)  # noqa: S311 - no secret

    async def call(client: osvi.AsyncClient) -> None:
        with suppress(osvi.TransportError):
            await client.list_active_sessions(CUSTOMER)

    async def call_and_cancel(client: osvi.AsyncClient, left: Iterator[int]) -> None:
        for _ in left:
            async with anyio.create_task_group() as task:
                task.start_soon(call, client)
                for _ in range(chance.randrange(40)):
                    await anyio.lowlevel.checkpoint()
                task.cancel_scope.cancel()

    def wait_for_the_last(server: RawServer) -> None:
        while sum(b"last" in request for request in server.requests) < 2:
            time.sleep(0.001)

    async def main(server: RawServer) -> None:
        async with osvi.AsyncClient(TOKEN, max_connections=2, base_url=server.url, retries=0) as client:
            left = iter(range(300))
            async with anyio.create_task_group() as tasks:
                for _ in range(4):  # two of them wait
                    tasks.start_soon(call_and_cancel, client, left)
            server.answers[:] = [gate]  # late requests of cancelled calls may come to it too
            with anyio.fail_after(20):
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(client.list_active_sessions, "last")
                    tasks.start_soon(client.list_active_sessions, "last")
                    await anyio.to_thread.run_sync(wait_for_the_last, server, abandon_on_cancel=True)
                    gate.open(400)

    gate = Gate()
    answers: list[Any] = [EMPTY, EMPTY, EMPTY, then_reset(b""), then_reset(EMPTY[:-1])]
    with serving(*chance.choices(answers, k=300), EMPTY) as server:
        began = open_descriptors()
        anyio.run(main, server, backend=backend)
        deadline = time.monotonic() + 20
        while open_descriptors() > began and time.monotonic() < deadline:
            time.sleep(0.01)
        assert open_descriptors() <= began


@ON_HTTPX
def test_each_request_passes_the_public_names_that_tools_patch(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def patch(cls: type[Any], name: str) -> None:
        original = getattr(cls, name)

        def traced(self: Any, request: httpx.Request, **options: Any) -> Any:
            seen.append(f"{cls.__name__} {request.url.query.decode()}")
            return original(self, request, **options)

        monkeypatch.setattr(cls, name, traced)

    with serving(raw_json({}, "503 Busy", "Retry-After: 0"), EMPTY) as server:
        api = make(base_url=server.url)
        sent = {"sync": (httpx.Client, httpx.HTTPTransport), "async": (httpx.AsyncClient, httpx.AsyncHTTPTransport)}
        client, transport = sent[api.kind]
        patch(client, "send")
        patch(transport, "handle_request" if api.kind == "sync" else "handle_async_request")
        api.list_active_sessions("c")

    assert seen == [f"{client.__name__} customer_id=c", f"{transport.__name__} customer_id=c"] * 2


@ON_HTTPX
def test_a_tool_may_answer_in_the_place_of_a_client_of_httpx(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(*_: object, **__: object) -> httpx.Response:
        return httpx.Response(404, headers={"X-Request-Id": "r-7"}, json={"error": "session_not_found"})

    async def answer_async(*_: object, **__: object) -> httpx.Response:
        return answer()

    monkeypatch.setattr(httpx.Client, "send", answer)
    monkeypatch.setattr(httpx.AsyncClient, "send", answer_async)
    with pytest.raises(osvi.SessionNotFoundError) as caught:
        make(base_url="https://nowhere.invalid").get_active_session()

    assert caught.value.request_id == "r-7"
