"""Timing: several pieces of work in turn, round by round, and each as a multiple of another in the same round."""

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
        run: Does it so often in a row.
        count: How often in each round.
    """

    run: Callable[[int], object]
    count: int


@attrs.frozen
class Ratio:
    """What something costs, as a multiple of something else: below 1 it costs less.

    Attributes:
        task: What was done.
        subject: By what it was done.
        base: What the multiple is of.
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
        """What tells it from all others."""
        return f"{self.task}: {self.subject} / {self.base}"


def repeated(call: Callable[[], object], count: int) -> Work:
    """Return the work of making a call so often in each round."""

    def run(times: int) -> None:
        for _ in range(times):
            call()

    return Work(run, count)


def in_turn(
    works: Mapping[str, Work], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, list[float]]:
    """Return the seconds that one call of each work took, in each round. What a first call alone needs is not timed."""
    costs: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work.run(max(1, work.count // 5))
    for number in range(rounds):
        # In both orders, lest one always comes after the one that leaves the most behind.
        for name in list(works)[:: -1 if number % 2 else 1]:
            gc.collect()
            began = clock()
            works[name].run(works[name].count)
            costs[name].append((clock() - began) / works[name].count)
    return costs
