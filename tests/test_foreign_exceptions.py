"""Exceptions of others pass through unchanged and hold no token; a cancellation stays that of the caller."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import anyio
import httpx
import osvi
import pytest
from canary import everything_about
from support import CUSTOMER, EMPTY, HEADER, MOCKED, Make, RawServer, serving

CANARY = "Canary-789-Token"
SECRET = "Header-Canary-456"


class OwnError(Exception):
    """An exception of a user's transport, which may keep the request as those of httpx do."""

    request: httpx.Request | None = None


def httpx_error(request: httpx.Request) -> httpx.HTTPError:
    """Return an exception of httpx, which carries the request."""
    return httpx.ConnectError("broken", request=request)


def status_error(request: httpx.Request) -> httpx.HTTPError:
    """Return an exception of httpx that carries a response too."""
    return httpx.HTTPStatusError("no", request=request, response=httpx.Response(500, request=request))


def own_error(request: httpx.Request) -> OwnError:
    error = OwnError("mine")
    error.request = request
    return error


def chained(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


# What a transport raises, given the request.
RAISED: dict[str, Callable[[httpx.Request], BaseException]] = {
    "AssertionError": lambda _: AssertionError("no answer was registered"),
    "KeyError": lambda _: KeyError("where"),
    "RuntimeError": lambda _: RuntimeError("cannot"),
    "NotImplementedError": lambda _: NotImplementedError("not yet"),
    "StopIteration in a group": lambda _: ExceptionGroup("two", [StopIteration(), ValueError("x")]),
    "of its own": lambda _: OwnError("mine", 7),
    "of its own, with the request": own_error,
    "a group": lambda request: ExceptionGroup("several", [httpx_error(request), OwnError("x")]),
    "a group in a group": lambda request: ExceptionGroup("all", [ExceptionGroup("some", [status_error(request)])]),
    "from an httpx error": lambda request: chained(OwnError("x"), httpx_error(request)),
    "from a group": lambda request: chained(KeyError("x"), ExceptionGroup("y", [status_error(request)])),
    "a group of chained ones": lambda request: ExceptionGroup("z", [chained(OwnError("x"), httpx_error(request))]),
    "KeyboardInterrupt": lambda _: KeyboardInterrupt("stop"),
    "SystemExit": lambda _: SystemExit(3),
    "a group with an interrupt": lambda request: BaseExceptionGroup("a", [KeyboardInterrupt(), httpx_error(request)]),
    "CancelledError": lambda _: asyncio.CancelledError("by a transport"),
}


def text(error: BaseException) -> tuple[object, ...]:
    """Return what must not change: the type and the text of an exception, and of the exceptions in a group."""
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    return (type(error), str(error), *map(text, inner))


def within(error: BaseException, request: httpx.Request) -> None:
    """Raise an exception while another one is handled, so that it has a context."""
    try:
        raise httpx_error(request)
    except httpx.HTTPError:
        raise error  # noqa: B904 - what is wanted here


@MOCKED
@pytest.mark.parametrize("name", RAISED)
def test_an_exception_of_a_transport_keeps_its_type_and_text_and_holds_no_token(make: Make, name: str) -> None:
    raised: list[BaseException] = []

    def fail(request: httpx.Request) -> httpx.Response:
        raised.append(RAISED[name](request))
        within(raised[-1], request)
        raise AssertionError

    api = make(token=CANARY, headers={"X-Gateway": SECRET}, transport=httpx.MockTransport(fail), retries=2)
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - compared with what was raised
        api.list_active_sessions(CUSTOMER)

    error = caught.value
    assert text(error) == text(RAISED[name](httpx.Request("GET", "")))
    assert name == "CancelledError" or error is raised[0]  # asyncio makes another of a cancellation
    assert len(raised) == 1
    for shown in everything_about(error):
        assert CANARY not in shown
        assert SECRET not in shown


@pytest.mark.parametrize("name", ["of its own, with the request", "a group", "SystemExit", "CancelledError"])
def test_an_exception_of_a_mock_below_the_client_holds_no_token(
    make: Make, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    async def fail_async(_: object, request: httpx.Request) -> httpx.Response:
        return fail(_, request)

    def fail(_: object, request: httpx.Request) -> httpx.Response:
        within(RAISED[name](request), request)
        raise AssertionError

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", fail)
    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", fail_async)
    with serving(EMPTY) as server:
        api = make(token=CANARY, base_url=server.url, headers={"X-Gateway": SECRET})
        if api.pool == "aiohttp":
            assert api.list_active_sessions() == {}  # a mock of httpx does not apply to aiohttp
            return
        with pytest.raises(BaseException) as caught:  # noqa: PT011 - compared with what was raised
            api.list_active_sessions(CUSTOMER)

        assert text(caught.value) == text(RAISED[name](httpx.Request("GET", "")))
        for shown in everything_about(caught.value):
            assert CANARY not in shown
            assert SECRET not in shown
        assert server.requests == []


class Broken(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport with a bug."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._look_up(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self._look_up(request)

    def _look_up(self, request: httpx.Request) -> httpx.Response:
        try:
            raise KeyError(f"no {request.url} with {request.headers[HEADER]}")  # noqa: TRY301 - it needs a frame
        except KeyError as error:
            raise self.error from error

    def __init__(self, error: Exception) -> None:
        self.error = error


@MOCKED
@pytest.mark.parametrize("error", [LookupError("mine"), ExceptionGroup("mine", [LookupError("x")]), OSError("mine")])
def test_a_note_names_the_frames_and_the_causes_that_were_cut(make: Make, error: Exception) -> None:
    api = make(token=CANARY, transport=Broken(error), retries=1)
    expected = osvi.TransportError if isinstance(error, OSError) else type(error)
    for _ in range(2):  # the second call raises the same exception again
        with pytest.raises(expected, match="mine") as caught:
            api.list_active_sessions(CUSTOMER)

        (note,) = caught.value.__notes__
        first, _, cause = note.partition("caused by ")
        line = Broken._look_up.__code__.co_firstlineno + 4
        assert f'  File "{__file__}", line {line}, in Broken._look_up\n' in first
        assert "site-packages" in first
        assert cause.startswith("builtins.KeyError: ")
        assert "customer_id=[customer_id] with [token]" in cause
        assert f'  File "{__file__}", line {line - 2}, in Broken._look_up' in cause
        for shown in everything_about(caught.value):
            assert CANARY not in shown


@MOCKED
def test_the_note_of_an_exception_in_a_group_names_its_own_frames(make: Make) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        try:
            raise LookupError("inner")  # noqa: TRY301 - it needs a frame
        except LookupError as inner:
            raise ExceptionGroup("outer", [inner]) from None

    with pytest.raises(ExceptionGroup) as caught:
        make(transport=httpx.MockTransport(fail)).list_active_sessions()

    (note,) = caught.value.exceptions[0].__notes__
    assert note.count("\n") == 1
    assert f"line {fail.__code__.co_firstlineno + 2}, in " in note


@MOCKED
def test_a_transport_that_answers_with_a_stream_that_was_read_is_a_transport_error(make: Make) -> None:
    class Once(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield b"{}"

        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b"{}"

    answer = httpx.Response(200, stream=Once())
    api = make(transport=httpx.MockTransport(lambda _: answer), retries=0)
    with pytest.raises(osvi.ContractError):
        api.list_active_sessions()
    with pytest.raises(osvi.TransportError, match="Stream"):
        api.list_active_sessions()


@MOCKED
@pytest.mark.parametrize("error", [OSError, PermissionError, UnicodeError, TimeoutError, httpx.ReadError])
def test_an_exception_of_an_io_library_is_a_transport_error(make: Make, error: type[Exception]) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error("why")

    with pytest.raises(osvi.TransportError, match=f"{error.__name__}: why"):
        make(transport=httpx.MockTransport(fail), retries=0).list_active_sessions()


# Cancellation

POOLS = pytest.mark.parametrize("pool", ["httpx", "aiohttp"])


def silent(connection: socket.socket) -> None:
    """Take a request and answer nothing until the client goes away."""
    connection.recv(1)


async def until_asked(server: RawServer, count: int = 1) -> None:
    while len(server.requests) < count:  # noqa: ASYNC110 - the server is a thread
        await asyncio.sleep(0)


@POOLS
def test_a_cancelled_call_keeps_the_count_of_cancellations(pool: Any) -> None:
    async def main(server: RawServer) -> None:
        async with osvi.AsyncClient(CANARY, base_url=server.url, pool=pool) as client:
            counts: list[int] = []

            async def look() -> None:
                task = asyncio.current_task()
                assert task is not None
                with pytest.raises(asyncio.CancelledError, match="by the caller") as caught:
                    await client.list_active_sessions(CUSTOMER)
                assert not any(CANARY in shown for shown in everything_about(caught.value))
                counts.extend([task.cancelling(), task.uncancel()])
                assert await client.list_active_sessions(CUSTOMER) == {}

            task = asyncio.create_task(look())
            await until_asked(server)
            task.cancel("by the caller")
            await task
            assert counts == [1, 0]

    with serving(silent, EMPTY) as server:
        asyncio.run(main(server))


@POOLS
def test_a_call_that_is_cancelled_within_an_answer_that_repeats_the_token_does_not_show_it(pool: Any) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\nX-Echo: %b\r\n\r\n" % CANARY.encode()

    def begin(connection: socket.socket) -> None:
        connection.sendall(head + CANARY.encode() * 5000)
        silent(connection)

    async def main(url: str) -> None:
        async with osvi.AsyncClient(CANARY, base_url=url, headers={"X-Gateway": SECRET}, pool=pool) as client:
            with pytest.raises(TimeoutError) as caught:
                async with asyncio.timeout(0.2):
                    await client.list_active_sessions(CUSTOMER)
            assert not isinstance(caught.value, osvi.OSVIError)
            for shown in everything_about(caught.value):
                assert CANARY not in shown
                assert SECRET not in shown

    with serving(begin) as server:
        asyncio.run(main(server.url))


def test_a_call_that_is_interrupted_within_an_answer_that_repeats_the_token_does_not_show_it() -> None:
    class Interrupted(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield CANARY.encode()
            raise KeyboardInterrupt

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"X-Echo": CANARY}, stream=Interrupted())

    with osvi.Client(CANARY, headers={"X-Gateway": SECRET}, transport=httpx.MockTransport(answer)) as client:
        with pytest.raises(KeyboardInterrupt) as caught:
            client.list_active_sessions(CUSTOMER)
        for shown in everything_about(caught.value):
            assert CANARY not in shown
            assert SECRET not in shown


@POOLS
def test_a_limit_of_anyio_around_a_call_is_that_of_the_caller(pool: Any) -> None:
    async def main(server: RawServer) -> None:
        async with osvi.AsyncClient(CANARY, base_url=server.url, pool=pool) as client:
            with pytest.raises(TimeoutError) as caught, anyio.fail_after(0.05):
                await client.list_active_sessions(CUSTOMER)
            assert not isinstance(caught.value, osvi.OSVIError)
            with anyio.move_on_after(0.05) as scope:
                await client.list_active_sessions(CUSTOMER)
            assert scope.cancelled_caught
            with anyio.CancelScope() as outer:
                async with anyio.create_task_group() as group:
                    group.start_soon(client.list_active_sessions, CUSTOMER)
                    await until_asked(server, 3)
                    outer.cancel()
            assert outer.cancelled_caught
            task = asyncio.current_task()
            assert task is not None
            assert task.cancelling() == 0
            assert await client.list_active_sessions(CUSTOMER) == {}

    with serving(silent, silent, silent, EMPTY) as server:
        asyncio.run(main(server))


@POOLS
def test_total_timeout_counts_no_cancellation(pool: Any) -> None:
    async def main(server: RawServer) -> None:
        async with osvi.AsyncClient(CANARY, base_url=server.url, pool=pool, total_timeout=0.05) as client:
            with pytest.raises(osvi.RequestTimeoutError), anyio.fail_after(5):
                await client.list_active_sessions(CUSTOMER)
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0

    with serving(silent) as server:
        asyncio.run(main(server))


@POOLS
def test_total_timeout_and_a_cancellation_at_once_leave_the_client_usable(pool: Any) -> None:
    async def main(server: RawServer) -> None:
        async with osvi.AsyncClient(CANARY, base_url=server.url, pool=pool, retries=0) as client:
            task = asyncio.create_task(client.with_options(total_timeout=0.05).list_active_sessions(CUSTOMER))
            await until_asked(server)
            asyncio.get_running_loop().call_later(0.05, task.cancel)
            with pytest.raises((asyncio.CancelledError, osvi.RequestTimeoutError)) as caught:
                await task
            assert not any(CANARY in shown for shown in everything_about(caught.value))
            assert await client.list_active_sessions(CUSTOMER) == {}

    with serving(silent, EMPTY) as server:
        asyncio.run(main(server))
