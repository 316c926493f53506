"""``osvi active --from``: the sessions of many customers, one JSON object a line."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import sys
from contextlib import aclosing, contextmanager, nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

import click

from osvi._cli._client import make_async

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from contextlib import AbstractContextManager

    import osvi

OUTPUT_FAILED = 5
_END = object()


class OutputError(click.ClickException):
    """The output cannot be written."""


def many(source: str, *, column: str | None, concurrency: int, resume: str | None, sandbox: bool) -> int:
    """Look up all customers of a file and write a line for each; return the exit status."""
    done = _done(Path(resume)) if resume else set()
    with _input(source) as file, _output(resume) as output:
        ids = (customer for customer in _customers(file, column) if customer not in done)
        # A file is there as soon as it is asked for; a pipe may keep one waiting, and not the lookups under way.
        regular = Path(source).is_file()
        writer = _Writer(output)
        try:
            with _progress(_lines(source, column) - len(done) if regular else None) as progress:
                asyncio.run(
                    _look_up(ids if regular else _patiently(ids), writer, progress, concurrency, sandbox=sandbox)
                )
        except KeyboardInterrupt:
            click.echo(f"osvi: stopped after {writer.written} customers; --resume FILE goes on from there", err=True)
            return 130
    return 3 if writer.failed else 0


async def _look_up(ids: Any, writer: _Writer, progress: Progress, concurrency: int, *, sandbox: bool) -> None:
    async with (
        make_async(sandbox=sandbox) as api,
        aclosing(api.iter_active_sessions(ids, concurrency=concurrency)) as results,
    ):
        async for result in results:
            writer.write(result)
            progress.update(writer.written, writer.failed)


class _Writer:
    """Writes whole lines, each at once, so that whatever ends the command loses none that was counted."""

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
            # What is left in the buffer would fail again when the file is closed.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._file.fileno())
            message = (
                f"cannot write after {self.written} customers: {error.strerror}; make room and go on with --resume"
            )
            raise OutputError(message) from None
        self.written += 1


def _error(error: osvi.OSVIError | None) -> dict[str, Any]:
    facts = {name: getattr(error, name) for name in ("status_code", "code", "pointer") if hasattr(error, name)}
    return {"type": type(error).__name__, "message": str(error)} | facts


def _customers(file: IO[str], column: str | None) -> Iterator[str]:
    if column is None:
        yield from (line.strip() for line in file if line.strip())
        return
    rows = csv.DictReader(file)
    if column not in (rows.fieldnames or ()):
        raise click.UsageError(f"no column {column!r}; there are {', '.join(rows.fieldnames or ())}")
    yield from (row[column].strip() for row in rows if row[column] and row[column].strip())


async def _patiently(ids: Iterator[str]) -> AsyncIterator[str]:
    while (customer := await asyncio.to_thread(next, ids, _END)) is not _END:
        yield str(customer)


def _input(source: str) -> AbstractContextManager[IO[str]]:
    if source == "-":
        return nullcontext(sys.stdin)
    try:
        return Path(source).open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise click.UsageError(f"cannot read {source}: {error.strerror}") from None


def _lines(source: str, column: str | None) -> int:
    with Path(source).open("rb") as file:
        return sum(1 for line in file if line.strip()) - (column is not None)


def _output(resume: str | None) -> AbstractContextManager[IO[bytes]]:
    return nullcontext(sys.stdout.buffer) if resume is None else Path(resume).open("ab")


def _done(path: Path) -> set[str]:
    """Return the customers that have a line; a last line that was cut short is taken off the file."""
    done = set()
    whole = 0
    try:
        with path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                done.add(json.loads(line)["customer_id"])
                whole += len(line)
        os.truncate(path, whole)
    except FileNotFoundError:
        pass
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise click.UsageError(f"cannot resume from {path}: {type(error).__name__}: {error}") from None
    return done


class Progress(Protocol):
    """What the person at the terminal sees."""

    def update(self, written: int, failed: int) -> None:
        """Show how far it is."""


class _Silent:
    def update(self, written: int, failed: int) -> None:
        pass


@contextmanager
def _progress(total: int | None) -> Iterator[Progress]:
    if not sys.stderr.isatty():
        yield _Silent()
        return
    from rich.console import Console  # noqa: PLC0415 - only for a person
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415

    columns = [BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[note]}"), TimeRemainingColumn()]
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=total, note="")

        class Shown:
            def update(self, written: int, failed: int) -> None:
                speed = bar.tasks[0].speed or 0.0
                bar.update(task, completed=written, note=f"{speed:,.0f}/s, {failed} failed")

        yield Shown()
