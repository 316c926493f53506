"""What the last release promised: ``codegen/released.txt``, which ``python -m codegen version TAG`` writes.

It has the lines of ``surface.txt``, those of the public names that are written by hand, and the version.
"""

from codegen import CODEGEN
from codegen.promises import surface

RELEASED = CODEGEN / "released.txt"
# The lines that `python -m codegen accept` has taken out of surface.txt since then.
GONE = CODEGEN / "gone.txt"
VERSION = "version: "


def lines() -> list[str]:
    """Return the lines of the file. Empty before the first release."""
    return surface.read(RELEASED)


def version() -> str:
    """Return the version of the last release. Empty before the first release."""
    return next((line.removeprefix(VERSION) for line in lines() if line.startswith(VERSION)), "")
