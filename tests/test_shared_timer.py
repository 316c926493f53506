"""The timeouts of many tasks with one timer of the event loop. The time of the loop passes when a test says so."""

import asyncio
from collections.abc import Coroutine, Iterator
from typing import Any

import pytest
from osvi._transport.shared_timer import SharedTimer, Timeout


class Clock:
    """An event loop with tasks that have timeouts."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self._runner = runner
        self.loop = runner.get_loop()
        self._now = 0.0
        self.loop.time = lambda: self._now  # type: ignore[method-assign]
        self.timer = SharedTimer()

    def timeout(self, total: float, phase: float) -> Timeout:
        return Timeout(self.timer, self.loop, total, phase)

    def start(self, coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = self.loop.create_task(coroutine)
        self.wait(0)
        return task

    def start_waiting(self, total: float, phase: float = 1.0) -> asyncio.Task[Any]:
        """Start a task that waits without end, in a timeout."""

        async def wait() -> None:
            with self.timeout(total, phase):
                await asyncio.Event().wait()

        return self.start(wait())

    def wait(self, seconds: float) -> None:
        """Let time pass, and the tasks run."""
        self._now += seconds
        for _ in range(4):
            self._runner.run(asyncio.sleep(0))


@pytest.fixture
def clock() -> Iterator[Clock]:
    with asyncio.Runner() as runner:
        yield Clock(runner)


def error_of(task: asyncio.Task[Any]) -> type[Any] | None:
    """Return the class of the exception of a task, None if it is still waiting."""
    if not task.done():
        return None
    return asyncio.CancelledError if task.cancelled() else type(task.exception())


def test_each_phase_has_its_time_up_to_the_total_time(clock: Clock) -> None:
    task = clock.start_waiting(total=2, phase=1)
    for _ in range(2):
        clock.timer.running[task].begin_phase()
        clock.wait(0.75)
    assert error_of(task) is None
    clock.timer.running[task].begin_phase()
    clock.wait(0.5)
    assert error_of(task) is TimeoutError


@pytest.mark.parametrize("totals", [(5, 2, 3), (2, 3, 5), (3, 5, 2)])
def test_each_task_has_its_own_timeout(clock: Clock, totals: tuple[int, ...]) -> None:
    tasks = {total: clock.start_waiting(total) for total in totals}
    for now in range(1, 6):
        clock.wait(1)
        assert {total for total, task in tasks.items() if error_of(task)} == {total for total in totals if total <= now}


def test_a_task_that_its_owner_cancels_is_cancelled_also_if_its_timeout_has_expired(clock: Clock) -> None:
    task = clock.start_waiting(total=5)
    task.cancel()
    clock.wait(0)
    assert error_of(task) is asyncio.CancelledError

    both = clock.start_waiting(total=5)
    clock.loop.call_at(10, both.cancel)
    clock.wait(10)
    assert error_of(both) is asyncio.CancelledError


def test_an_expired_timeout_interrupts_its_task_once(clock: Clock) -> None:
    finish = asyncio.Event()

    async def wait() -> None:
        with clock.timeout(5, 1):
            try:
                await asyncio.Event().wait()
            finally:
                await finish.wait()  # the cleanup of a library

    task, other = clock.start(wait()), clock.start_waiting(total=6)
    clock.wait(5)
    clock.wait(1)
    assert error_of(other) is TimeoutError
    assert error_of(task) is None
    finish.set()
    clock.wait(0)
    assert error_of(task) is TimeoutError


def test_an_exception_passes_a_timeout_that_has_expired(clock: Clock) -> None:
    async def wait() -> None:
        with clock.timeout(5, 1):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                raise LookupError from None

    task = clock.start(wait())
    clock.wait(5)
    assert error_of(task) is LookupError
