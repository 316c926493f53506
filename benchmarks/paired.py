"""Two works that are timed in turn, and the ratio of their times; or whose calls of functions are counted.

A time in seconds depends on the machine more than on the code. A ratio does not, if both times are of one run. The
number of calls depends on no machine, but on the versions of Python and of the libraries.
"""

import gc
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import attrs

Work = Callable[[], object]
ROUNDS = 15


@attrs.frozen
class Ratio:
    """The time of osvi as a multiple of the time of the reference: the median of the rounds, the least and the most.

    Or the same of the calls of functions: ``calls`` has their numbers.
    """

    task: str
    ours: str
    reference: str
    ratio: float
    least: float
    most: float
    calls: list[int] | None = None

    @property
    def name(self) -> str:
        """The unique name of the ratio."""
        return f"{self.task}: {self.ours} / {self.reference}"


@attrs.frozen
class Measurement:
    """A task that osvi and a reference do.

    Attributes:
        task: The task.
        ours: The part of osvi that does it.
        reference: What else does it.
        open: Returns the works of both. It gets the URL of a server, and a stack for what has to be closed.
        clock: Returns seconds.
    """

    task: str
    ours: str
    reference: str
    open: Callable[[str, ExitStack], tuple[Work, Work]]
    clock: Callable[[], float] = time.perf_counter

    def ratio(self, url: str, rounds: int = ROUNDS) -> Ratio:
        """Measure both."""
        with ExitStack() as stack:
            found = in_turn(*self.open(url, stack), rounds, self.clock)
        ratio, least, most = (float(f"{one:.3g}") for one in (statistics.median(found), min(found), max(found)))
        return Ratio(self.task, self.ours, self.reference, ratio, least, most)


@attrs.frozen
class CallCount(Measurement):
    """A task whose calls of functions are counted, those of Python and those of C, as ``cProfile`` does.

    Attributes:
        times: How often a work does the task. What it does once, such as starting a loop, is lost in the rounding.
    """

    times: int = attrs.field(kw_only=True)

    def ratio(self, url: str, rounds: int = ROUNDS) -> Ratio:
        """Count both. The number of rounds does not matter."""
        del rounds
        with ExitStack() as stack:
            ours, reference = (round(calls_of(work) / self.times) for work in self.open(url, stack))
        ratio = float(f"{ours / reference:.3g}")
        return Ratio(self.task, self.ours, self.reference, ratio, ratio, ratio, [ours, reference])


def calls_of(work: Work) -> int:
    """Return the number of calls of functions that a work makes. Its first run is not counted."""
    count = 0

    def counted(_: Any, event: str, __: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    work()
    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def in_turn(ours: Work, reference: Work, rounds: int, clock: Callable[[], float]) -> list[float]:
    """Return the ratio of each round. The first run of each work is not timed."""
    ours()
    reference()
    ratios = []
    for number in range(rounds):
        seconds = {}
        # In both orders, since a work may slow down the one after it.
        for work in (reference, ours) if number % 2 else (ours, reference):
            gc.collect()
            began = clock()
            work()
            seconds[work] = clock() - began
        ratios.append(seconds[ours] / seconds[reference])
    return ratios
