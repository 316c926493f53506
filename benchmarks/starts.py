"""The time of a fresh interpreter to import the package, and to run the command."""

import resource
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.measure import Ratio, Work, in_turn, repeated

BASE = "import httpx, attrs"


def start_ratios(*, quick: bool) -> Iterator[Ratio]:
    """Yield the processor time of the import and of the command, as multiples of `import httpx, attrs`."""
    works = {
        BASE: _python("-c", BASE),
        "import osvi": _python("-c", "import osvi"),
        "python -m osvi --version": _python("-m", "osvi", "--version"),
    }
    costs = in_turn(works, 3 if quick else 15, _seconds_of_children)
    for subject in ("import osvi", "python -m osvi --version"):
        yield Ratio.of("a fresh interpreter", subject, BASE, costs)


def _python(*arguments: str) -> Work:
    command = [sys.executable, *arguments]
    return repeated(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL), 1)


def _seconds_of_children() -> float:
    """Return the processor time of all child processes, on which other work of the machine has less influence."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
