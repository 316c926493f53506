"""Many calls at a time, in threads that take their items from one iterable."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from typing import Any, Final

from osvi_runtime import Operation

from osvi._core.waits import Gate
from osvi._many.results import END, OF_ALL, Item, Result, ResultOf, T, result_with_warnings
from osvi.errors import OSVIError

_LOOK: Final = 0.05  # seconds between looks at the threads


def send_each(  # noqa: PLR0913 - the signature of `tasks.send_each`, and closing_timeout
    exchange: Callable[[Operation[T], Gate], tuple[T, list[str]]],
    items: Iterable[Item],
    operation_of: Callable[[Item], Operation[T]],
    result_of: ResultOf[Item, T, Result],
    concurrency: int,
    *,
    closing_timeout: float,
) -> Generator[Result, None, None]:
    """Send an operation for each item, and yield each result as it arrives. After the generator is closed, none begins.

    What would fail each call, or comes from the caller's code, is raised after the results of the calls under way.

    Args:
        exchange: Sends an operation, and returns its value and the texts of its drift.
        items: Any iterable, also an endless one.
        operation_of: Returns the operation of an item.
        result_of: Returns the result of an item, its value and its error. One of the latter is None.
        concurrency: The number of threads.
        closing_timeout: Seconds to wait for the calls under way when the generator is closed.
    """
    gate = Gate()
    next_item = _next_item_of(items, gate)
    results: queue.Queue[Any] = queue.Queue(maxsize=concurrency)  # functions that return results, and END
    failures: list[BaseException] = []
    sending: set[str] = set()  # the names of the threads

    def work() -> None:
        name = threading.current_thread().name
        try:
            while (item := next_item()) is not END:
                sending.add(name)
                results.put(_result(item, exchange, operation_of, result_of, gate))
                sending.discard(name)
        except BaseException as error:  # noqa: BLE001 - raised in the caller
            failures.append(error)
            gate.stopped.set()
            sending.discard(name)
        results.put(END)

    threads: list[threading.Thread] = []
    try:
        threads += (_started(work, f"osvi-{number}") for number in range(concurrency))
        ended = 0
        while sending or not results.empty() if failures else ended < concurrency:
            # A thread may wait for the caller's iterable when another one fails.
            with suppress(queue.Empty):
                result = results.get(timeout=_LOOK)
                if result is END:
                    ended += 1
                else:
                    yield result()
        if failures:
            raise failures[0]
    finally:
        gate.stopped.set()
        _join(threads, results, closing_timeout)


def _result(
    item: Item,
    exchange: Callable[[Operation[T], Gate], tuple[T, list[str]]],
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
        return partial(result_with_warnings, result_of, item, *exchange(operation, gate))
    except OF_ALL:
        raise
    except OSVIError as error:
        return partial(result_of, item, None, error)


def _next_item_of(items: Iterable[Item], gate: Gate) -> Callable[[], Any]:
    """Return a function that waits until a call may begin, and returns the next item. `END` if there is none.

    There is none after the last, and after the generator has been closed.
    """
    iterator = iter(items)
    lock = threading.Lock()

    def next_item() -> Any:
        with lock:
            item = END if gate.stopped.is_set() else next(iterator, END)
        if item is not END:
            for seconds in gate.waits():
                gate.stopped.wait(seconds)
        return END if gate.stopped.is_set() else item

    return next_item


def _started(work: Callable[[], None], name: str) -> threading.Thread:
    # The threads are daemons, since one that waits for the caller's iterable must not keep the interpreter alive. They
    # run in copies of the caller's context, so that its tracing and logging variables are set in each call.
    thread = threading.Thread(target=copy_context().run, args=(work,), name=name, daemon=True)
    thread.start()
    return thread


def _join(threads: list[threading.Thread], results: queue.Queue[Any], closing_timeout: float) -> None:
    deadline = time.monotonic() + closing_timeout
    for thread in threads:
        while thread.is_alive() and time.monotonic() < deadline:
            while not results.empty():  # a thread may wait for space in the queue
                results.get_nowait()
            thread.join(0.01)
