"""Many calls at a time, in asyncio tasks that take their items from one iterable."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
from typing import Any

from osvi_runtime import Operation

from osvi._core.waits import Gate
from osvi._many.results import END, Item, Result, T
from osvi._transport.event_loop import running_loop, sleep
from osvi.errors import AuthenticationError, ConfigurationError, OSVIError


async def send_each(
    run: Callable[[Operation[T], Gate], Awaitable[T]],
    items: Iterable[Item] | AsyncIterable[Item],
    operation_of: Callable[[Item], Operation[T]],
    result_of: Callable[[Item, T | None, OSVIError | None], Result],
    concurrency: int,
) -> AsyncGenerator[Result, None]:
    """Send an operation for each item, and yield each result as it arrives; see `threads.send_each`.

    When the generator is closed, the tasks are cancelled.
    """
    gate = Gate()
    results: asyncio.Queue[Any] = asyncio.Queue(maxsize=concurrency)
    next_item = _next_item_of(items, gate)

    async def send(item: Item) -> Result:
        try:
            return result_of(item, await run(operation_of(item), gate), None)
        except AuthenticationError:
            raise  # every item would get it
        except OSVIError as error:
            return result_of(item, None, error)

    async def work() -> None:
        try:
            while (item := await next_item()) is not END:
                await results.put(await send(item))
            await results.put(END)
        except Exception as error:  # noqa: BLE001 - raised in the caller
            await results.put(error)

    tasks = [asyncio.create_task(work()) for _ in range(concurrency)]
    try:
        for _ in tasks:  # each puts END once
            while (result := await results.get()) is not END:
                if isinstance(result, Exception):  # a 401, or an exception of the items or of a token callable
                    raise result
                yield result
    finally:
        await _cancel(tasks)


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
                item = await anext(iterator, END)
        else:
            item = next(iterator, END)
        if item is not END:
            for seconds in gate.waits():
                await sleep(seconds)
        return item

    return next_item


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
