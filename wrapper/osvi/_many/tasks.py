"""Many calls at a time, in asyncio tasks that share one source of items."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable
from typing import TYPE_CHECKING, Any, TypeVar

from osvi._core.waits import Gate
from osvi._many.workers import END, Failure, checked_concurrency
from osvi.errors import AuthenticationError, ConfigurationError, OSVIError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable

    from osvi_openapi.runtime import Operation

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

    async def work(item: Item) -> Result:
        try:
            return result_of(item, await run(operation_of(item), gate), None)
        except AuthenticationError:
            raise  # it would be the same for each item
        except OSVIError as error:
            return result_of(item, None, error)

    return _in_tasks(work, items, checked_concurrency(concurrency))


async def _in_tasks(
    work_on: Callable[[Item], Awaitable[Result]], source: Iterable[Item] | AsyncIterable[Item], concurrency: int
) -> AsyncGenerator[Result, None]:
    """Yield the result of each item. When the generator is closed, the tasks are cancelled."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        raise ConfigurationError("many calls at a time run on asyncio alone") from None
    results: asyncio.Queue[Any] = asyncio.Queue(maxsize=concurrency)
    working = concurrency
    take = _taker(source)

    async def work() -> None:
        nonlocal working
        try:
            while (item := await take()) is not END:
                await results.put(await work_on(item))
        except Exception as error:  # noqa: BLE001 - raised in the caller
            await results.put(Failure(error))
        working -= 1
        if working == 0:
            await results.put(END)

    tasks = [asyncio.create_task(work()) for _ in range(concurrency)]
    try:
        while (result := await results.get()) is not END:
            if isinstance(result, Failure):
                raise result.error
            yield result
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _taker(source: Iterable[Item] | AsyncIterable[Item]) -> Callable[[], Awaitable[Any]]:
    """Return a function that returns the next item of a source, `END` after the last."""
    if isinstance(source, AsyncIterable):
        ids = aiter(source)
        taking = asyncio.Lock()  # an async generator does not allow two anext() at a time

        async def take() -> Any:
            async with taking:
                return await anext(ids, END)
    else:
        items = iter(source)

        async def take() -> Any:
            return next(items, END)

    return take
