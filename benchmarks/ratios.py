"""The ratios of the last run, in ``ratios.json``, and their comparison with those of a new run."""

import json
import os
import platform
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

import attrs

from benchmarks.measure import Ratio

FILE = Path(__file__).resolve().parent / "ratios.json"
# The packages whose versions change the ratios. httpcore is the pool of httpx.
PACKAGES = (
    *("aiohttp", "attrs", "httpcore", "httpx", "jiter", "msgspec", "openapi-python-client", "osvi"),
    *("pydantic", "requests", "urllib3"),
)
GROWTH = 1 / 3


def machine() -> dict[str, str | int]:
    """Return the machine and the versions that the ratios depend on."""
    versions = {name: metadata.version(name) for name in PACKAGES}
    system = f"{platform.system()} {platform.machine()}"
    return {"cores": os.cpu_count() or 1, "system": system, "python": platform.python_version(), **versions}


def text(ratios: Sequence[Ratio], machine: dict[str, str | int]) -> str:
    """Return the text of the file, with a line for each ratio, so that a diff shows the changed ratios."""
    lines = ",\n    ".join(json.dumps(attrs.asdict(ratio)) for ratio in ratios)
    return f'{{\n  "machine": {json.dumps(machine)},\n  "ratios": [\n    {lines}\n  ]\n}}\n'


def read(file: Path = FILE) -> list[Ratio]:
    """Return the ratios of the last run."""
    return [Ratio(**ratio) for ratio in json.loads(file.read_text(encoding="utf-8"))["ratios"]]


def last_machine() -> dict[str, str | int]:
    """Return the machine and the versions of the last run."""
    machine: dict[str, str | int] = json.loads(FILE.read_text(encoding="utf-8"))["machine"]
    return machine


def grown(last: Sequence[Ratio], new: Sequence[Ratio]) -> Iterator[str]:
    """Yield a sentence for each ratio of osvi that has grown by a third, or that is no longer measured.

    It has grown if each round says so: some rounds alone are what a busy machine, or a full pool of httpx, makes of it.
    """
    found = {ratio.name: ratio for ratio in new}
    for old in last:
        if not is_ours(old):
            continue
        if old.name not in found:
            yield f"{old.name}: {old.ratio}, and no longer measured"
        elif (now := found[old.name]).ratio >= old.ratio * (1 + GROWTH) and now.least > old.ratio:
            yield f"{old.name}: {now.ratio}, and was {old.ratio} ({now.ratio / old.ratio - 1:+.0%})"


def is_ours(ratio: Ratio) -> bool:
    """Tell whether a ratio is one of osvi. Those of other libraries are not compared."""
    return "osvi" in ratio.subject
