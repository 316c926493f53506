"""``osvi active --from``: the sessions of many customers, as one JSON object on each line."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import time
from contextlib import aclosing, contextmanager, nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from osvi._cli._client import make_async
from osvi._cli._customers import customers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    import osvi

    # Gets how many lines have been written, and how many of them are errors.
    Progress = Callable[[int, int], None]

_GO_ON = "to go on, name the file of these lines with --resume"


class OutputError(click.ClickException):
    """The output cannot be written."""

    exit_code = 5


def many(source: str, *, column: str | None, concurrency: int, resume: str | None, **connection: bool) -> int:
    """Look up all customers of a file and write a line for each; return the exit status."""
    # A lookup leaves no circles of objects behind, and to search for them after each 700 new objects takes a tenth of
    # the time.
    gc.set_threshold(20_000)
    done = _done(Path(resume)) if resume else set()
    # A pipe is read in a thread: its next line may be late, and the lookups under way must not wait for it.
    regular = Path(source).is_file()
    # A file is read once beforehand, so that its errors are reported before the first request.
    has_line = [customer in done for customer in customers(source, column)] if regular else []
    ids = (customer for customer in customers(source, column) if customer not in done)
    with Path(resume).open("ab") if resume else nullcontext(sys.stdout.buffer) as output:
        writer = _Writer(output)
        # The bar goes to a terminal, unless the lines go to one too.
        shown = sys.stderr.isatty() and not output.isatty()
        bar = _bar(len(has_line) if regular else None, sum(has_line)) if shown else nullcontext(lambda *_: None)
        try:
            with bar as progress:
                asyncio.run(_look_up(ids if regular else _patiently(ids), writer, progress, concurrency, **connection))
        except KeyboardInterrupt:
            click.echo(f"osvi: stopped after {writer.written} customers; {_GO_ON}", err=True)
            return 130
    return 3 if writer.failed else 0


async def _look_up(ids: Any, writer: _Writer, progress: Progress, concurrency: int, **connection: bool) -> None:
    async with (
        make_async(**connection) as api,
        aclosing(api.iter_active_sessions(ids, concurrency=concurrency)) as found,
    ):
        async for result in found:
            writer.write(result)
            progress(writer.written, writer.failed)


class _Writer:
    """Writes each line as a whole and at once, so that no counted line is lost, however the command ends."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.written = 0
        self.failed = 0

    def write(self, result: osvi.CustomerSessions) -> None:
        line: dict[str, Any] = {"customer_id": result.customer_id}
        if result.sessions is None:
            self.failed += 1
            line["error"] = _error(result.error)
        else:
            line["sessions"] = {agent: session.to_dict() for agent, session in result.sessions.items()}
        try:
            self._file.write(json.dumps(line).encode() + b"\n")
            self._file.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            # The bytes left in the buffer would fail again when the file is closed.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._file.fileno())
            text = f"cannot write after {self.written} customers: {error.strerror}; {_GO_ON}"
            raise OutputError(text) from None
        self.written += 1


def _error(error: osvi.OSVIError | None) -> dict[str, Any]:
    facts = {name: getattr(error, name) for name in ("status_code", "code", "pointer") if hasattr(error, name)}
    return {"type": type(error).__name__, "message": str(error)} | facts


async def _patiently(ids: Iterator[str]) -> AsyncIterator[str]:
    while (customer := await asyncio.to_thread(next, ids, None)) is not None:
        yield customer


def _done(path: Path) -> set[str]:
    """Return the customers whose last line in a file has no error.

    An incomplete last line is removed from the file. A file that does not exist is made.

    Raises:
        UsageError: The file cannot be read or written, or has other lines than ``osvi active`` writes.
    """
    done: set[str] = set()
    whole = 0
    try:
        path.touch()
        with path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                record = json.loads(line)
                (done.discard if "error" in record else done.add)(record["customer_id"])
                whole += len(line)
        os.truncate(path, whole)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise click.UsageError(f"cannot resume from {path}: {type(error).__name__}: {error}") from None
    return done


@contextmanager
def _bar(total: int | None, before: int) -> Iterator[Progress]:
    """Show a progress bar that starts at the ``before`` customers of an earlier run; its rate is that of this run."""
    from rich.console import Console  # noqa: PLC0415 - as in `_active`
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415

    columns = [BarColumn(30), MofNCompleteColumn(), TextColumn("{task.fields[note]}"), TimeRemainingColumn()]
    began = time.perf_counter()
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=total, completed=before, note="")

        def show(written: int, failed: int) -> None:
            rate = written / (time.perf_counter() - began)
            bar.update(task, completed=before + written, note=f"{rate:,.1f}/s, {failed} failed")

        yield show
