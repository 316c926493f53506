"""Many calls at a time, in asyncio tasks that take their items from one iterable."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
from functools import partial
from typing import Any

from osvi_runtime import Operation

from osvi._core.waits import Gate
from osvi._many.results import END, OF_ALL, Item, Result, ResultOf, T, result_with_warnings
from osvi._transport.event_loop import running_loop, sleep
from osvi.errors import ConfigurationError, OSVIError


async def send_each(
    exchange: Callable[[Operation[T], Gate], Awaitable[tuple[T, list[str]]]],
    items: Iterable[Item] | AsyncIterable[Item],
    operation_of: Callable[[Item], Operation[T]],
    result_of: ResultOf[Item, T, Result],
    concurrency: int,
) -> AsyncGenerator[Result, None]:
    """Send an operation for each item, and yield each result as it arrives; see `threads.send_each`.

    When the generator is closed, the tasks are cancelled.
    """
    gate = Gate()
    results: asyncio.Queue[Any] = asyncio.Queue(maxsize=concurrency)  # functions that return results, and END
    failures: list[BaseException] = []
    sending: set[int] = set()  # the numbers of the tasks
    next_item = _next_item_of(items, gate)

    async def work(number: int) -> None:
        try:
            while (item := await next_item()) is not END:
                sending.add(number)
                await results.put(await _result(item, exchange, operation_of, result_of, gate))
                sending.discard(number)
        except BaseException as error:
            if gate.is_closed:
                raise
            failures.append(error)
            gate.stopped.set()
            sending.discard(number)
        await results.put(END)

    tasks = [asyncio.create_task(work(number)) for number in range(concurrency)]
    try:
        ended = 0
        # A task may wait for the caller's iterable when another one fails.
        while sending or not results.empty() if failures else ended < concurrency:
            if (result := await results.get()) is END:
                ended += 1
            else:
                yield result()
        if failures:
            raise failures[0]
    finally:
        gate.is_closed = True
        await _cancel(tasks)


async def _result(
    item: Item,
    exchange: Callable[[Operation[T], Gate], Awaitable[tuple[T, list[str]]]],
    operation_of: Callable[[Item], Operation[T]],
    result_of: ResultOf[Item, T, Result],
    gate: Gate,
) -> Callable[[], Result]:
    """Send the operation of an item, and return a function that returns its result."""
    try:
        operation = operation_of(item)
    except OSVIError as error:
        return partial(result_of, item, None, error)
    try:
        return partial(result_with_warnings, result_of, item, *await exchange(operation, gate))
    except OF_ALL:
        raise
    except OSVIError as error:
        return partial(result_of, item, None, error)


def _next_item_of(items: Iterable[Item] | AsyncIterable[Item], gate: Gate) -> Callable[[], Awaitable[Any]]:
    """Return a function that waits until a call may begin, and returns the next item. `END` after the last.

    Raises:
        ConfigurationError: The event loop is not asyncio's.
    """
    if running_loop() is None:
        raise ConfigurationError("many calls at a time run on asyncio alone")
    iterator = aiter(items) if isinstance(items, AsyncIterable) else iter(items)
    lock = asyncio.Lock()  # an async generator does not allow two anext() at a time

    async def next_item() -> Any:
        if isinstance(iterator, AsyncIterator):
            async with lock:
                item = END if gate.stopped.is_set() else await anext(iterator, END)
        else:
            item = END if gate.stopped.is_set() else next(iterator, END)
        if item is not END:
            for seconds in gate.waits():
                await sleep(seconds)
        return END if gate.stopped.is_set() else item

    return next_item


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
