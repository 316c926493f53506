"""Standard output and standard error, which may be closed, full, or a pipe that nobody reads any more."""

from __future__ import annotations

import os
import sys
from typing import IO, Any


def prepare_streams() -> None:
    """Replace a stream that is closed, and therefore None. Writes to standard output then fail, as on a full disk.

    A character that the encoding of a stream lacks is written as an escape sequence.
    """
    for name, mode in (("stdout", os.O_RDONLY), ("stderr", os.O_WRONLY)):
        stream: Any = getattr(sys, name) or os.fdopen(os.open(os.devnull, mode), "w", closefd=False)
        stream.reconfigure(errors="backslashreplace")
        setattr(sys, name, stream)


def discard(file: IO[Any]) -> None:
    """Discard what a file could not write. Python would write it again when it closes the file, and fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), file.fileno())


def print_error(text: str) -> None:
    """Write one line to standard error. If that is impossible, the exit status remains that of the outcome."""
    try:
        # click.echo would write into the middle of the progress bar.
        sys.stderr.write(f"{' '.join(text.split())}\n")
    except OSError:
        discard(sys.stderr)
