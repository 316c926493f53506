"""Many calls at a time, in threads that take their items from one iterable."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterable
from contextvars import copy_context
from typing import Any

from osvi_runtime import Operation

from osvi._core.waits import Gate
from osvi._many.results import END, Item, Result, T
from osvi.errors import AuthenticationError, OSVIError


def send_each(  # noqa: PLR0913 - the signature of `tasks.send_each`, and closing_timeout
    run: Callable[[Operation[T], Gate], T],
    items: Iterable[Item],
    operation_of: Callable[[Item], Operation[T]],
    result_of: Callable[[Item, T | None, OSVIError | None], Result],
    concurrency: int,
    *,
    closing_timeout: float,
) -> Generator[Result, None, None]:
    """Send an operation for each item, and yield each result as it arrives. After the generator is closed, none begins.

    Args:
        run: Sends an operation, and returns its value.
        items: Any iterable, also an endless one.
        operation_of: Returns the operation of an item.
        result_of: Returns the result of an item, its value and its error. One of the latter is None.
        concurrency: The number of threads.
        closing_timeout: Seconds to wait for the calls under way when the generator is closed.
    """
    gate = Gate()
    next_item = _next_item_of(items, gate)
    results: queue.Queue[Any] = queue.Queue(maxsize=concurrency)

    def send(item: Item) -> Result:
        try:
            return result_of(item, run(operation_of(item), gate), None)
        except AuthenticationError:
            raise  # every item would get it
        except OSVIError as error:
            return result_of(item, None, error)

    def work() -> None:
        try:
            while (item := next_item()) is not END:
                results.put(send(item))
            results.put(END)
        except BaseException as error:  # noqa: BLE001 - raised in the caller
            results.put(error)

    threads = [_started(work, f"osvi-{number}") for number in range(concurrency)]
    try:
        for _ in threads:  # each puts END once
            for result in iter(results.get, END):
                if isinstance(result, BaseException):  # a 401, or an exception of the items or of a token callable
                    raise result
                yield result
    finally:
        gate.stopped.set()
        _join(threads, results, closing_timeout)


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
