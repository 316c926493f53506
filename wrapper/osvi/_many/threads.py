"""Workers in threads, which share one source of items."""

from __future__ import annotations

import queue
import threading
import time
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, TypeVar

from osvi._many.fanout import END, Raised

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from osvi._many.fanout import Gate

Item = TypeVar("Item")
T = TypeVar("T")


def in_threads(
    work_on: Callable[[Item], T], source: Iterable[Item], concurrency: int, gate: Gate, *, patience: float
) -> Generator[T, None, None]:
    """Yield a result for each item, as they come, from threads.

    When the caller leaves the loop, no call is begun, and those under way are waited for, ``patience`` seconds at most.
    """
    items = iter(source)
    results: queue.Queue[Any] = queue.Queue(maxsize=concurrency)
    taking = threading.Lock()
    working = concurrency

    def take() -> Any:
        with taking:
            return END if gate.stopped.is_set() else next(items, END)

    def work() -> None:
        nonlocal working
        try:
            while (item := take()) is not END:
                results.put(work_on(item))
        except BaseException as error:  # noqa: BLE001 - goes to the caller
            results.put(Raised(error))
        with taking:
            working -= 1
            last = working == 0
        if last:
            results.put(END)

    # Daemons: one that waits in the caller's own source must not keep the interpreter from ending.
    # In copies of the caller's context: what it bound for tracing and logging is there for each lookup.
    threads = [
        threading.Thread(target=copy_context().run, args=(work,), name=f"osvi-{number}", daemon=True)
        for number in range(concurrency)
    ]
    for thread in threads:
        thread.start()
    try:
        while (result := results.get()) is not END:
            if isinstance(result, Raised):
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
