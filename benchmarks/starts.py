"""The time of a fresh interpreter to import the package, to get its first answer, and to run the command."""

import resource
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.measure import Ratio, Work, in_turn, repeated
from benchmarks.server import serving

BASE = "import httpx, attrs"
# Of a program that looks up one customer and ends, such as a cron job.
LOOKUP = "import osvi; osvi.Client('0123456789abcdef', base_url={!r}).get_active_session('+1', agent_uuid='agent_x')"
GET = "import httpx; httpx.Client().get({!r} + '/v1/chat/session/active?customer_id=%2B1&agent_uuid=agent_x').json()"


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


def first_answer_ratios(*, quick: bool) -> Iterator[Ratio]:
    """Yield the processor time of a fresh interpreter until its first answer, as a multiple of that of httpx."""
    with serving() as url:
        works = {"httpx.Client": _python("-c", GET.format(url)), "osvi.Client": _python("-c", LOOKUP.format(url))}
        costs = in_turn(works, 3 if quick else 15, _seconds_of_children)
    yield Ratio.of("the first answer of a fresh interpreter", "osvi.Client", "httpx.Client", costs)


def _python(*arguments: str) -> Work:
    command = [sys.executable, *arguments]
    return repeated(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL), 1)


def _seconds_of_children() -> float:
    """Return the processor time of all child processes, on which other work of the machine has less influence."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
