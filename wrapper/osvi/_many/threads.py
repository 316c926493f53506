"""Many calls at a time, in threads that share one source of items."""

from __future__ import annotations

import queue
import threading
import time
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, TypeVar

from osvi._core.waits import Gate
from osvi._many.workers import END, Failure, checked_concurrency
from osvi.errors import AuthenticationError, OSVIError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from osvi_openapi.runtime import Operation

Item = TypeVar("Item")
Result = TypeVar("Result")
T = TypeVar("T")


def send_each(  # noqa: PLR0913
    run: Callable[[Operation[T], Gate], T],
    items: Iterable[Item],
    operation_of: Callable[[Item], Operation[T]],
    result_of: Callable[[Item, T | None, OSVIError | None], Result],
    concurrency: int,
    *,
    patience: float,
) -> Generator[Result, None, None]:
    """Return a generator that sends an operation for each item, and yields each result when it is there.

    Args:
        run: Sends an operation, and returns its value.
        items: Any iterable, also one without end.
        operation_of: Returns the operation of an item.
        result_of: Returns the result of an item, from its value or its error.
        concurrency: The number of threads.
        patience: Seconds to wait for the calls under way when the generator is closed.

    Raises:
        ConfigurationError: ``concurrency`` is not a whole number from 1 up.
    """
    gate = Gate()

    def work(item: Item) -> Result:
        try:
            return result_of(item, run(operation_of(item), gate), None)
        except AuthenticationError:
            raise  # it would be the same for each item
        except OSVIError as error:
            return result_of(item, None, error)

    return _in_threads(work, items, checked_concurrency(concurrency), gate, patience)


def _in_threads(
    work_on: Callable[[Item], Result], source: Iterable[Item], concurrency: int, gate: Gate, patience: float
) -> Generator[Result, None, None]:
    """Yield the result of each item. After the generator is closed, no call begins."""
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
        except BaseException as error:  # noqa: BLE001 - raised in the caller
            results.put(Failure(error))
        with taking:
            working -= 1
            last = working == 0
        if last:
            results.put(END)

    # Daemons, since a thread that waits for the caller's source must not keep the interpreter alive.
    # In copies of the caller's context, so that its tracing and logging variables are set in each call.
    threads = [
        threading.Thread(target=copy_context().run, args=(work,), name=f"osvi-{number}", daemon=True)
        for number in range(concurrency)
    ]
    for thread in threads:
        thread.start()
    try:
        while (result := results.get()) is not END:
            if isinstance(result, Failure):
                raise result.error
            yield result
    finally:
        gate.stopped.set()
        _join(threads, results, patience)


def _join(threads: list[threading.Thread], results: queue.Queue[Any], patience: float) -> None:
    deadline = time.monotonic() + patience
    for thread in threads:
        while thread.is_alive() and time.monotonic() < deadline:
            while not results.empty():  # a worker may wait for space
                results.get_nowait()
            thread.join(0.01)
