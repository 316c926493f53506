"""Timing of several pieces of work in turn, each as a multiple of another in the same round."""

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Self

import attrs


@attrs.frozen
class Work:
    """Something to time.

    Attributes:
        run: Does it as often as its argument says.
        count: The number of times in each round.
    """

    run: Callable[[int], object]
    count: int


@attrs.frozen
class Ratio:
    """The cost of something as a multiple of the cost of something else; below 1, it costs less.

    Attributes:
        task: The work.
        subject: The library that did it.
        base: The library that the ratio compares it with.
        ratio: The median of the rounds.
        least: The least of the rounds.
        most: The most of the rounds.
    """

    task: str
    subject: str
    base: str
    ratio: float
    least: float
    most: float

    @classmethod
    def of(cls, task: str, subject: str, base: str, costs: Mapping[str, Sequence[float]]) -> Self:
        """Return the ratio of two, from what each cost in each round."""
        rounds = [one / other for one, other in zip(costs[subject], costs[base], strict=True)]
        figures = (statistics.median(rounds), min(rounds), max(rounds))
        return cls(task, subject, base, *(float(f"{figure:.3g}") for figure in figures))

    @property
    def name(self) -> str:
        """The unique name of the ratio."""
        return f"{self.task}: {self.subject} / {self.base}"


def repeated(call: Callable[[], object], count: int) -> Work:
    """Return the work of making a call ``count`` times in each round."""

    def run(times: int) -> None:
        for _ in range(times):
            call()

    return Work(run, count)


def in_turn(
    works: Mapping[str, Work], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, list[float]]:
    """Return the seconds that one call of each work took, in each round. The first calls are not timed."""
    costs: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work.run(max(1, work.count // 5))
    for number in range(rounds):
        # In both orders, since a work may slow down the one after it.
        for name in list(works)[:: -1 if number % 2 else 1]:
            gc.collect()
            began = clock()
            works[name].run(works[name].count)
            costs[name].append((clock() - began) / works[name].count)
    return costs
