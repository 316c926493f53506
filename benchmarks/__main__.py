"""Measures osvi beside the libraries that it uses: ``python -m benchmarks``."""

import argparse
import sys

from benchmarks import ratios
from benchmarks.measurements import MEASUREMENTS
from benchmarks.paired import ROUNDS
from benchmarks.server import serving


def main() -> int:
    """Return the exit status: 1 if a ratio has grown."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure osvi; write benchmarks/ratios.json and the table of docs/performance.md.",
    )
    parser.add_argument("--quick", action="store_true", help="two rounds, to see that it runs; write nothing")
    parser.add_argument(
        "--compare", action="store_true", help="exit with 1 if a ratio has grown a third; write nothing"
    )
    asked = parser.parse_args()
    found = []
    with serving() as url:
        for measurement in MEASUREMENTS:
            found.append(ratio := measurement.ratio(url, rounds=2 if asked.quick else ROUNDS))
            print(f"{ratio.name:<48}{ratio.ratio:>5.2f} ({ratios.spread(ratio)})", flush=True)
    if asked.compare:
        grown = list(ratios.grown(ratios.read()[0], found))
        print("\nGrown by a third or more:" if grown else "\nNothing has grown by a third.", *grown, sep="\n  ")
        return int(bool(grown))
    if not asked.quick:
        ratios.write(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
