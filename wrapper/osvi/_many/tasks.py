"""Workers in asyncio tasks, which share one source of items."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable
from typing import TYPE_CHECKING, Any, TypeVar

from osvi._many.fanout import END, Raised
from osvi.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable

Item = TypeVar("Item")
T = TypeVar("T")


async def in_tasks(
    work_on: Callable[[Item], Awaitable[T]], source: Iterable[Item] | AsyncIterable[Item], concurrency: int
) -> AsyncGenerator[T, None]:
    """Yield a result for each item, as they come, from tasks, which end when the caller leaves the loop."""
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
        except Exception as error:  # noqa: BLE001 - goes to the caller
            await results.put(Raised(error))
        working -= 1
        if working == 0:
            await results.put(END)

    tasks = [asyncio.create_task(work()) for _ in range(concurrency)]
    try:
        while (result := await results.get()) is not END:
            if isinstance(result, Raised):
                raise result.error
            yield result
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _taker(source: Iterable[Item] | AsyncIterable[Item]) -> Callable[[], Awaitable[Any]]:
    """Return what gives the next item of a source, `END` after the last."""
    if isinstance(source, AsyncIterable):
        ids = aiter(source)
        taking = asyncio.Lock()  # an async generator takes one question at a time

        async def take() -> Any:
            async with taking:
                return await anext(ids, END)
    else:
        items = iter(source)

        async def take() -> Any:
            return next(items, END)

    return take
