"""Standard output and standard error, which may be closed, full, or a pipe that nobody reads any more."""

from __future__ import annotations

import json
import os
import sys
from typing import IO, Any, Final

from osvi_runtime.texts import printable

_LONGEST: Final = 2000  # characters of an error or a warning; a text of a server in it has 500 at most


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


def json_text(value: Any) -> str:
    """Return JSON for a terminal or a program: what is not printable is escaped."""
    text = json.dumps(value, indent=2, ensure_ascii=sys.stdout.encoding.lower() != "utf-8")
    return "".join(char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1] for char in text)


def print_error(text: str) -> None:
    """Write one line to standard error. If that is impossible, the exit status remains that of the outcome."""
    try:
        # click.echo would write into the middle of the progress bar.
        sys.stderr.write(f"{printable(text, _LONGEST)}\n")
    except OSError:
        discard(sys.stderr)
