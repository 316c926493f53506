"""Many customers at once: workers that share a source of customer ids, and an idea of how fast the API may be asked."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Generator, Iterable
from typing import Any, Final, TypeVar

import attrs

from osvi.errors import ConfigurationError, OSVIError
from osvi.sessions import ChatSession

T = TypeVar("T")


@attrs.frozen
class CustomerSessions:
    """What a lookup of many found for one customer.

    Attributes:
        customer_id: The customer, as given.
        sessions: The active sessions by agent UUID, ``{}`` when there are none. None when the lookup failed.
        error: Why the lookup failed. None when it did not.
    """

    customer_id: str
    sessions: dict[str, ChatSession] | None
    error: OSVIError | None = None


class Gate:
    """Closed for all while the API wants to be left alone: one 429 with a ``Retry-After`` slows every worker."""

    def __init__(self) -> None:
        self.stopped: Final = threading.Event()  # nobody wants to know any more
        self._opens = 0.0

    def close(self, seconds: float) -> None:
        """Let no request through for so many seconds."""
        self._opens = max(self._opens, time.monotonic() + seconds)

    def delay(self) -> float:
        """Return the seconds until a request may be sent; 0 when it may be now, as always while stamina is testing."""
        delay = self._opens - time.monotonic()
        if delay <= 0:
            return 0.0
        import stamina  # noqa: PLC0415 - loaded by now: there was something to wait for

        return 0.0 if stamina.is_testing() else delay


_END: Final = object()


@attrs.frozen
class _Raised:
    """An exception that is not the API's: of the source of ids, or of a token callable. It ends the iteration."""

    error: BaseException


def check(concurrency: int) -> int:
    """Return the number of workers.

    Raises:
        ConfigurationError: it is none.
    """
    if not isinstance(concurrency, int) or concurrency < 1:  # type: ignore[redundant-expr] # not every caller has types
        raise ConfigurationError(f"concurrency must be a whole number from 1 up, not {concurrency!r}")
    return concurrency


def in_threads(
    look: Callable[[str], T], source: Iterable[str], concurrency: int, gate: Gate, *, patience: float
) -> Generator[T, None, None]:
    """Yield a result for each item, as they come, from threads.

    When the caller has had enough, calls under way are waited for, ``patience`` seconds at most, and none is begun.
    """
    items = iter(source)
    results: queue.Queue[Any] = queue.Queue(maxsize=concurrency)
    taking = threading.Lock()
    working = concurrency

    def take() -> Any:
        with taking:
            return _END if gate.stopped.is_set() else next(items, _END)

    def work() -> None:
        nonlocal working
        try:
            while (item := take()) is not _END:
                results.put(look(item))
        except BaseException as error:  # noqa: BLE001 - goes to the caller
            results.put(_Raised(error))
        with taking:
            working -= 1
            last = working == 0
        if last:
            results.put(_END)

    # Daemons: one that waits in the caller's own source must not keep the interpreter from ending.
    threads = [threading.Thread(target=work, name=f"osvi-{number}", daemon=True) for number in range(concurrency)]
    for thread in threads:
        thread.start()
    try:
        while (result := results.get()) is not _END:
            if isinstance(result, _Raised):
                raise result.error
            yield result
    finally:
        gate.stopped.set()
        _join(threads, results, patience)


def _join(threads: list[threading.Thread], results: queue.Queue[Any], patience: float) -> None:
    deadline = time.monotonic() + patience
    for thread in threads:
        while thread.is_alive() and time.monotonic() < deadline:
            while not results.empty():  # a worker may be waiting for room
                results.get_nowait()
            thread.join(0.01)


async def in_tasks(
    look: Callable[[str], Awaitable[T]], source: Iterable[str] | AsyncIterable[str], concurrency: int
) -> AsyncGenerator[T, None]:
    """Yield a result for each item, as they come, from tasks. When the caller has had enough, they are cancelled."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        raise ConfigurationError("iter_active_sessions runs on asyncio alone") from None
    results: asyncio.Queue[Any] = asyncio.Queue(maxsize=concurrency)
    working = concurrency
    take = _taker(source)

    async def work() -> None:
        nonlocal working
        try:
            while (item := await take()) is not _END:
                await results.put(await look(item))
        except Exception as error:  # noqa: BLE001 - goes to the caller
            await results.put(_Raised(error))
        working -= 1
        if working == 0:
            await results.put(_END)

    tasks = [asyncio.create_task(work()) for _ in range(concurrency)]
    try:
        while (result := await results.get()) is not _END:
            if isinstance(result, _Raised):
                raise result.error
            yield result
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _taker(source: Iterable[str] | AsyncIterable[str]) -> Callable[[], Awaitable[Any]]:
    """Return what gives the next item of a source, `_END` after the last."""
    if isinstance(source, AsyncIterable):
        ids = aiter(source)
        taking = asyncio.Lock()  # an async generator takes one question at a time

        async def take() -> Any:
            async with taking:
                return await anext(ids, _END)
    else:
        items = iter(source)

        async def take() -> Any:
            return next(items, _END)

    return take
