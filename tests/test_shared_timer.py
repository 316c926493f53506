"""The timeouts of many tasks with one timer of the event loop. The time of the loop passes when a test says so."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from osvi._transport.shared_timer import SharedTimer, Timeout


class Clock:
    """Tasks with timeouts, and the time of their event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._now = 0.0
        loop.time = lambda: self._now  # type: ignore[method-assign]
        self.timer = SharedTimer()

    async def start(self, total: float, phase: float = 1.0) -> asyncio.Task[None]:
        """Start a task that waits without end, in a timeout."""

        async def wait() -> None:
            with Timeout(self.timer, self._loop, total, phase):
                await asyncio.Event().wait()

        task = asyncio.create_task(wait())
        await asyncio.sleep(0)
        return task

    async def wait(self, seconds: float) -> None:
        """Let time pass, and the tasks run."""
        self._now += seconds
        for _ in range(4):
            await asyncio.sleep(0)


def run(main: Callable[[Clock], Awaitable[None]]) -> None:
    async def start() -> None:
        await main(Clock(asyncio.get_running_loop()))

    asyncio.run(start())


async def outcome(task: asyncio.Task[Any]) -> type[BaseException] | None:
    """Return the class of the exception of a task, None if it is still waiting."""
    if not task.done():
        return None
    try:
        await task
    except (TimeoutError, asyncio.CancelledError) as error:
        return type(error)
    raise AssertionError("the task has returned")


def test_a_timeout_expires_when_its_total_time_has_passed() -> None:
    async def main(clock: Clock) -> None:
        task = await clock.start(total=5)
        await clock.wait(4)
        assert await outcome(task) is None
        await clock.wait(1)
        assert await outcome(task) is TimeoutError
        assert clock.timer.running == {}

    run(main)


def test_a_timeout_expires_when_a_phase_has_passed() -> None:
    async def main(clock: Clock) -> None:
        task = await clock.start(total=5, phase=1)
        await clock.wait(2)  # no phase has begun
        clock.timer.running[task].begin_phase()
        await clock.wait(0.9)
        assert await outcome(task) is None
        await clock.wait(0.1)
        assert await outcome(task) is TimeoutError

    run(main)


def test_each_phase_has_its_time_up_to_the_total_time() -> None:
    async def main(clock: Clock) -> None:
        task = await clock.start(total=2, phase=1)
        for _ in range(2):
            clock.timer.running[task].begin_phase()
            await clock.wait(0.75)
        assert await outcome(task) is None
        clock.timer.running[task].begin_phase()
        await clock.wait(0.5)
        assert await outcome(task) is TimeoutError

    run(main)


@pytest.mark.parametrize("totals", [(5, 2, 3), (2, 3, 5), (3, 5, 2)])
def test_each_task_has_its_own_timeout(totals: tuple[float, ...]) -> None:
    async def main(clock: Clock) -> None:
        tasks = {total: await clock.start(total) for total in totals}
        expired = []
        for _ in range(5):
            await clock.wait(1)
            expired.append([total for total, task in tasks.items() if await outcome(task) is TimeoutError])
        assert [sorted(totals) for totals in expired] == [[], [2], [2, 3], [2, 3], [2, 3, 5]]

    run(main)


def test_a_task_that_is_cancelled_by_its_owner_is_cancelled_also_if_its_timeout_has_expired() -> None:
    async def main(clock: Clock) -> None:
        task = await clock.start(total=5)
        task.cancel()
        await clock.wait(0)
        assert await outcome(task) is asyncio.CancelledError

        both = await clock.start(total=5)
        asyncio.get_running_loop().call_at(10, both.cancel)
        await clock.wait(10)
        assert await outcome(both) is asyncio.CancelledError

    run(main)


def test_an_expired_timeout_does_not_leave_the_task_cancelled() -> None:
    async def main(clock: Clock) -> None:
        async def wait() -> int:
            try:
                with Timeout(clock.timer, asyncio.get_running_loop(), 5, 1):
                    await asyncio.Event().wait()
            except TimeoutError:
                return task.cancelling()
            raise AssertionError("the timeout has not expired")

        task = asyncio.create_task(wait())
        await clock.wait(5)
        await clock.wait(5)
        assert await task == 0

    run(main)


def test_an_expired_timeout_interrupts_its_task_once() -> None:
    async def main(clock: Clock) -> None:
        finish = asyncio.Event()

        async def wait() -> None:
            with Timeout(clock.timer, asyncio.get_running_loop(), 5, 1):
                try:
                    await asyncio.Event().wait()
                finally:
                    await finish.wait()  # the cleanup of a library

        task = asyncio.create_task(wait())
        other = await clock.start(total=6)
        await clock.wait(5)
        await clock.wait(1)
        assert await outcome(other) is TimeoutError
        assert not task.done()
        finish.set()
        await clock.wait(0)
        assert await outcome(task) is TimeoutError

    run(main)


def test_an_exception_passes_a_timeout_that_has_expired() -> None:
    async def main(clock: Clock) -> None:
        async def wait() -> None:
            with Timeout(clock.timer, asyncio.get_running_loop(), 5, 1):
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    raise LookupError("in the cleanup") from None

        task = asyncio.create_task(wait())
        await clock.wait(0)
        await clock.wait(5)
        with pytest.raises(LookupError, match="in the cleanup"):
            await task

    run(main)
