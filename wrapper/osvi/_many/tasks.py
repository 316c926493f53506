"""Many calls at a time, in asyncio tasks that take their items from one iterable."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable
from typing import TYPE_CHECKING, Any, TypeVar

from osvi._core.waits import Gate
from osvi._many.results import END, checked_concurrency
from osvi._transport.event_loop import running_loop, sleep
from osvi.errors import AuthenticationError, ConfigurationError, OSVIError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable

    from osvi_runtime import Operation

Item = TypeVar("Item")
Result = TypeVar("Result")
T = TypeVar("T")


def send_each(
    run: Callable[[Operation[T], Gate], Awaitable[T]],
    items: Iterable[Item] | AsyncIterable[Item],
    operation_of: Callable[[Item], Operation[T]],
    result_of: Callable[[Item, T | None, OSVIError | None], Result],
    concurrency: int,
) -> AsyncGenerator[Result, None]:
    """Return a generator that sends an operation for each item, and yields each result; see `threads.send_each`.

    Raises:
        ConfigurationError: ``concurrency`` is not a whole number from 1 up.
    """
    gate = Gate()

    async def send(item: Item) -> Result:
        for seconds in gate.waits():
            await sleep(seconds)
        try:
            return result_of(item, await run(operation_of(item), gate), None)
        except AuthenticationError:
            raise  # every item would get it
        except OSVIError as error:
            return result_of(item, None, error)

    return _in_tasks(send, items, checked_concurrency(concurrency))


async def _in_tasks(
    send: Callable[[Item], Awaitable[Result]], items: Iterable[Item] | AsyncIterable[Item], concurrency: int
) -> AsyncGenerator[Result, None]:
    """Yield the result of each item. When the generator is closed, the tasks are cancelled."""
    if running_loop() is None:
        raise ConfigurationError("many calls at a time run on asyncio alone")
    results: asyncio.Queue[Any] = asyncio.Queue(maxsize=concurrency)
    next_item = _next_item_of(items)

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
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _next_item_of(items: Iterable[Item] | AsyncIterable[Item]) -> Callable[[], Awaitable[Any]]:
    """Return a function that returns the next item, and `END` after the last."""
    if isinstance(items, AsyncIterable):
        async_iterator = aiter(items)
        lock = asyncio.Lock()  # an async generator does not allow two anext() at a time

        async def next_item() -> Any:
            async with lock:
                return await anext(async_iterator, END)
    else:
        iterator = iter(items)

        async def next_item() -> Any:
            return next(iterator, END)

    return next_item
