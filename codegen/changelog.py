"""Adds what users gain to ``CHANGELOG.md``."""

import re
from collections.abc import Iterable

from codegen import ROOT
from codegen.document.reading import on_disk, replace

FILE = ROOT / "CHANGELOG.md"
UNRELEASED = "## [Unreleased]\n"
# The text from that heading to the heading "Added" below it, which need not be the first.
ADDED = re.compile(r"## \[Unreleased\]\n(?:(?!## ).*\n)*?### Added\n\n")


def add(lines: Iterable[str]) -> None:
    """Add lines below the heading "Added" of the unreleased version, except those that the changelog has.

    Raises:
        WriteError: It cannot be written.
    """
    text = (on_disk(FILE) or f"# Changelog\n\n{UNRELEASED}".encode()).decode()
    new = "".join(f"- {line}\n" for line in lines if f"- {line}\n" not in text)
    if not new:
        return
    if UNRELEASED not in text:
        text = text.replace("\n## ", f"\n{UNRELEASED}\n## ", 1)
    if not ADDED.search(text):
        text = text.replace(UNRELEASED, f"{UNRELEASED}\n### Added\n\n", 1)
    replace(FILE, ADDED.sub(lambda heading: heading[0] + new, text, count=1).encode())
