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

from osvi._cli._client import make_async_client
from osvi._cli._customers import customers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    import osvi

    # Called with the number of lines written, and the number of errors among them.
    Progress = Callable[[int, int], None]

_RESUME_HINT = "to go on, name the file of these lines with --resume"


class OutputError(click.ClickException):
    """The output cannot be written."""

    exit_code = 5


def many_customers(source: str, *, column: str | None, concurrency: int, resume: str | None, **connection: bool) -> int:
    """Look up all customers of a file, write a line for each, and return the exit status."""
    # A lookup leaves no reference cycles, and looking for them after each 700 new objects takes a tenth of the time.
    gc.set_threshold(20_000)
    done = _done(Path(resume)) if resume else set()
    # A pipe is read in a thread: its next line may be late, and the lookups under way must not wait for it.
    is_file = Path(source).is_file()
    # A file is read once beforehand, so that its errors are reported before the first request.
    is_done = [customer in done for customer in customers(source, column)] if is_file else []
    ids = (customer for customer in customers(source, column) if customer not in done)
    with Path(resume).open("ab") if resume else nullcontext(sys.stdout.buffer) as output:
        writer = _Writer(output)
        # The bar is shown on a terminal, unless the lines are written to a terminal too.
        is_shown = sys.stderr.isatty() and not output.isatty()
        bar = _bar(len(is_done) if is_file else None, sum(is_done)) if is_shown else nullcontext(lambda *_: None)
        try:
            with bar as progress:
                asyncio.run(_look_up(ids if is_file else _in_thread(ids), writer, progress, concurrency, **connection))
        except KeyboardInterrupt:
            click.echo(f"osvi: stopped after {writer.written} customers; {_RESUME_HINT}", err=True)
            return 130
    return 3 if writer.failed else 0


async def _look_up(ids: Any, writer: _Writer, progress: Progress, concurrency: int, **connection: bool) -> None:
    async with (
        make_async_client(**connection) as api,
        aclosing(api.iter_active_sessions(ids, concurrency=concurrency)) as results,
    ):
        async for result in results:
            writer.write(result)
            progress(writer.written, writer.failed)


class _Writer:
    """Writes and flushes each line as a whole, so that no counted line is lost if the command is interrupted."""

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
            # Closing the file would fail again, since its buffer has bytes left.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._file.fileno())
            text = f"cannot write after {self.written} customers: {error.strerror}; {_RESUME_HINT}"
            raise OutputError(text) from None
        self.written += 1


def _error(error: osvi.OSVIError | None) -> dict[str, Any]:
    attributes = {name: getattr(error, name) for name in ("status_code", "code", "pointer") if hasattr(error, name)}
    return {"type": type(error).__name__, "message": str(error)} | attributes


async def _in_thread(ids: Iterator[str]) -> AsyncIterator[str]:
    while (customer := await asyncio.to_thread(next, ids, None)) is not None:
        yield customer


def _done(path: Path) -> set[str]:
    """Return the customers whose last line in a file has no error.

    An incomplete last line is removed from the file. If the file does not exist, it is created.

    Raises:
        UsageError: The file cannot be read or written, or has lines that ``osvi active`` does not write.
    """
    done: set[str] = set()
    size = 0  # bytes of the complete lines
    try:
        path.touch()
        with path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                record = json.loads(line)
                (done.discard if "error" in record else done.add)(record["customer_id"])
                size += len(line)
        os.truncate(path, size)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise click.UsageError(f"cannot resume from {path}: {type(error).__name__}: {error}") from None
    return done


@contextmanager
def _bar(total: int | None, done: int) -> Iterator[Progress]:
    """Show a progress bar that starts at the customers done in earlier runs. Its rate is that of this run."""
    from rich.console import Console  # noqa: PLC0415 - as in `_active`
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415

    columns = [BarColumn(30), MofNCompleteColumn(), TextColumn("{task.fields[note]}"), TimeRemainingColumn()]
    start = time.perf_counter()
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=total, completed=done, note="")

        def show(written: int, failed: int) -> None:
            rate = written / (time.perf_counter() - start)
            bar.update(task, completed=done + written, note=f"{rate:,.1f}/s, {failed} failed")

        yield show
