"""The ratios of the last run, in ``ratios.json`` and in the manual, and their comparison with those of a new run."""

import json
import os
import platform
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import attrs

from benchmarks.paired import Ratio

FILE = Path(__file__).resolve().parent / "ratios.json"
PAGE = FILE.parent.parent / "docs" / "performance.md"
TABLE = re.compile(r"(?P<head>^\|.*\n\|-.*\n)(?:\|.*\n)*\nMeasured with .*\n.*\n", re.MULTILINE)
# The packages whose versions change the ratios. httpcore is the pool of httpx.
PACKAGES = ("aiohttp", "attrs", "httpcore", "httpx", "jiter", "osvi")
GROWTH = 1 / 3


def write(ratios: Sequence[Ratio]) -> None:
    """Write the ratios of a run on this machine."""
    versions = {name: metadata.version(name) for name in PACKAGES}
    system = f"{platform.system()} {platform.machine()}"
    machine = {"cores": os.cpu_count() or 1, "system": system, "python": platform.python_version(), **versions}
    FILE.write_text(text(ratios, machine), encoding="utf-8")
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8"), ratios, machine), encoding="utf-8")


def text(ratios: Sequence[Ratio], machine: Mapping[str, Any]) -> str:
    """Return the text of the file, with a line for each ratio, so that a diff shows the changed ratios."""
    lines = ",\n    ".join(
        json.dumps(attrs.asdict(ratio, filter=lambda _, value: value is not None)) for ratio in ratios
    )
    return f'{{\n  "machine": {json.dumps(machine)},\n  "ratios": [\n    {lines}\n  ]\n}}\n'


def read(file: Path = FILE) -> tuple[list[Ratio], Mapping[str, Any]]:
    """Return the ratios of the last run, and its machine."""
    content = json.loads(file.read_text(encoding="utf-8"))
    return [Ratio(**ratio) for ratio in content["ratios"]], content["machine"]


def with_table(page: str, ratios: Sequence[Ratio], machine: Mapping[str, Any]) -> str:
    """Return a page of the manual with these ratios in its table."""
    rows = "".join(
        f"| {ratio.task} | `{ratio.ours}` | `{ratio.reference}` | {ratio.ratio:.2f} ({spread(ratio)}) |\n"
        for ratio in ratios
    )
    versions = ", ".join(f"{name} {machine[name]}" for name in PACKAGES)
    where = f"Measured with Python {machine['python']} on {machine['cores']} cores ({machine['system']}),"
    return TABLE.sub(lambda match: f"{match['head']}{rows}\n{where}\n{versions}.\n", page)


def spread(ratio: Ratio) -> str:
    """Return the least and the most, or the numbers of calls."""
    return "{} and {} calls".format(*ratio.calls) if ratio.calls else f"{ratio.least:.2f} to {ratio.most:.2f}"


def grown(last: Sequence[Ratio], new: Sequence[Ratio]) -> Iterator[str]:
    """Yield a sentence for each ratio that has grown by a third, or that is no longer measured.

    It has grown if each round says so: some rounds alone are what a busy machine makes of it.
    """
    found = {ratio.name: ratio for ratio in new}
    for old in last:
        if old.name not in found:
            yield f"{old.name}: {old.ratio}, and no longer measured"
        elif (now := found[old.name]).ratio >= old.ratio * (1 + GROWTH) and now.least > old.ratio:
            yield f"{old.name}: {now.ratio}, and was {old.ratio} ({now.ratio / old.ratio - 1:+.0%})"
