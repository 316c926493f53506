"""Measures osvi beside the libraries that it uses, and beside others: ``python -m benchmarks``.

Install ``.[bench]`` first. Each figure is the ratio of two times that were measured in turn in one run: the median of
all rounds, the least and the most. Times in seconds would depend on the machine more than on the code.
"""

import argparse
import sys
import time
from collections.abc import Iterator

from benchmarks import picture, ratios
from benchmarks.lookups import async_ratios, latency_ratios, sync_ratios, thread_ratios
from benchmarks.measure import Ratio
from benchmarks.starts import first_answer_ratios, start_ratios
from benchmarks.values import value_ratios


def arguments() -> argparse.Namespace:
    """Return the arguments of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure osvi; write benchmarks/ratios.json and docs/benchmark.svg.",
    )
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--quick", action="store_true", help="a few rounds, to see that it runs; write nothing")
    ways.add_argument(
        "--compare", action="store_true", help="say what has grown by a third, and exit with 1 then; write nothing"
    )
    ways.add_argument("--draw", action="store_true", help="measure nothing; draw the picture of the last run")
    return parser.parse_args()


def run(*, quick: bool) -> Iterator[Ratio]:
    """Measure everything, and print each ratio as it comes."""
    task = ""
    lookups = (sync_ratios, thread_ratios, async_ratios, latency_ratios)
    for measure in (value_ratios, *lookups, first_answer_ratios, start_ratios):
        for ratio in measure(quick=quick):
            if ratio.task != task:
                task = ratio.task
                print(f"\n{task}")
            spread = f"{ratio.least:.2f} to {ratio.most:.2f}"
            print(f"  {ratio.subject:<34}{ratio.ratio:>7.2f} x {ratio.base:<22}{spread:>16}", flush=True)
            yield ratio


def main() -> int:
    """Return the exit status: 1 if a ratio has grown."""
    asked = arguments()
    if asked.draw:
        picture.FILE.write_text(picture.draw(ratios.read(), ratios.last_machine()), encoding="utf-8")
        return 0
    began = time.monotonic()
    found = list(run(quick=asked.quick))
    print(f"\n{time.monotonic() - began:.0f} seconds")
    if asked.compare:
        grown = list(ratios.grown(ratios.read(), found))
        print("\nGrown by a third or more:" if grown else "\nNothing has grown by a third.", *grown, sep="\n  ")
        return int(bool(grown))
    if not asked.quick:
        machine = ratios.machine()
        ratios.FILE.write_text(ratios.text(found, machine), encoding="utf-8")
        picture.FILE.write_text(picture.draw(found, machine), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
