"""``osvi active --from``: the sessions of many customers, as one JSON object on each line."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import time
from collections import Counter
from concurrent.futures import Future
from contextlib import aclosing, contextmanager, nullcontext
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import IO, TYPE_CHECKING, Any, Final

import click

from osvi._cli._client import make_async_client
from osvi._cli._customers import customers
from osvi._cli._output import discard, print_error

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    import osvi

    # Called with the number of lines written, and the number of errors among them.
    Progress = Callable[[int, int], None]


# How each line begins that osvi writes.
_START: Final = b'{"customer_id": "'


def many_customers(source: str, *, column: str | None, concurrency: int, resume: str | None, **connection: bool) -> int:
    """Look up all customers of a file, write a line for each, and return the exit status."""
    # A lookup leaves no reference cycles, and looking for them after each 700 new objects takes a tenth of the time.
    gc.set_threshold(20_000)
    done = _done(Path(resume)) if resume else set()
    found = customers(source, column)
    # A file is read before the first request: its errors are reported, and a customer that is there twice is found. A
    # pipe may be endless. It is read in a thread: its next line may be late, and the lookups must not wait for it.
    listed = [*dict.fromkeys(found)] if Path(source).is_file() else []
    waiting = (customer for customer in listed or found if customer not in done)
    ids = waiting if listed else _in_thread(waiting)
    advice = "run it again" if resume else "name the file of these lines with --resume"
    counts: Counter[str] = Counter()
    with Path(resume).open("ab") if resume else nullcontext(sys.stdout.buffer) as output:
        # The bar is shown on a terminal, unless the lines are written to a terminal too.
        is_shown = sys.stderr.isatty() and not output.isatty()
        bar = _bar(len(listed) or None, len(done.intersection(listed))) if is_shown else nullcontext(lambda *_: None)
        try:
            with bar as show:
                asyncio.run(_look_up(ids, output, counts, show, concurrency, **connection))
            status = 3 if counts["failed"] else 0
            problem = f"{counts['failed']} of {counts['written']} lookups failed; to repeat them"
        except KeyboardInterrupt:
            status, problem = 130, f"stopped after {counts['written']} customers; to go on"
        except OSError as error:
            if error.filename is not None or isinstance(error, BrokenPipeError):
                raise  # an error of another file than the output, or its reader has gone
            discard(output)
            status, problem = 5, f"cannot write after {counts['written']} customers: {error.strerror}; to go on"
    if status:
        print_error(f"osvi: {problem}, {advice}")
    return status


async def _look_up(
    ids: Any, output: IO[bytes], counts: Counter[str], show: Progress, concurrency: int, **connection: bool
) -> None:
    async with (
        make_async_client(**connection) as api,
        aclosing(api.iter_active_sessions(ids, concurrency=concurrency)) as results,
    ):
        async for result in results:
            # As a whole and at once, so that no counted line is lost if the command is interrupted.
            output.write(json.dumps(_record(result)).encode() + b"\n")
            output.flush()
            counts["written"] += 1
            counts["failed"] += result.error is not None
            show(counts["written"], counts["failed"])


def _record(result: osvi.CustomerSessions) -> dict[str, Any]:
    error = result.error
    if error is None:
        sessions = {agent: session.to_dict() for agent, session in (result.sessions or {}).items()}
        return {"customer_id": result.customer_id, "sessions": sessions}
    attributes = {name: getattr(error, name) for name in ("status_code", "code", "pointer") if hasattr(error, name)}
    problem = {"type": type(error).__name__, "message": str(error)} | attributes
    return {"customer_id": result.customer_id, "error": problem}


async def _in_thread(ids: Iterator[str]) -> AsyncIterator[str]:
    """Yield items that a thread reads. It is a daemon: Ctrl-C and errors do not wait for its next item."""
    requests: SimpleQueue[Future[str | None]] = SimpleQueue()

    def read() -> None:
        while True:
            request = requests.get()
            try:
                request.set_result(next(ids, None))
            except Exception as error:  # noqa: BLE001 - raised in the event loop
                request.set_exception(error)

    Thread(target=read, daemon=True).start()
    while True:
        request: Future[str | None] = Future()
        request.set_running_or_notify_cancel()  # so that it cannot be cancelled: set_result() would fail then
        requests.put(request)
        if (customer := await asyncio.wrap_future(request)) is None:
            return
        yield customer


def _done(path: Path) -> set[str]:
    """Return the customers whose last line in a file has no error.

    The last line is removed from the file if osvi has not written all of it. If the file does not exist, it is created.

    Raises:
        UsageError: The file is not a regular one, cannot be read or written, or has lines of another kind.
    """
    done: set[str] = set()
    size = 0  # bytes of the complete lines
    try:
        if path.exists() and not path.is_file():
            raise click.UsageError(f"cannot resume from {path}: it is not a regular file")
        path.touch(0o600)
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    if _is_cut_off(line) or (size and _START.startswith(line)):
                        os.truncate(path, size)
                        break
                    record = json.loads(line[: line.index(b"\n")])
                    (done.discard if "error" in record else done.add)(record["customer_id"])
                except (ValueError, KeyError, TypeError, RecursionError):
                    raise click.UsageError(f"cannot resume from {path}: osvi did not write line {number}") from None
                size += len(line)
    except OSError as error:
        raise click.UsageError(f"cannot resume from {path}: {type(error).__name__}: {error}") from None
    return done


def _is_cut_off(line: bytes) -> bool:
    """Return whether a line is one that osvi writes, without its end."""
    if line.endswith(b"\n") or not line.startswith(_START):
        return False
    try:
        record, end = json.JSONDecoder().raw_decode(line.decode())
    except ValueError:
        return True
    return end == len(line) and not {"sessions", "error"}.isdisjoint(record)


@contextmanager
def _bar(total: int | None, done: int) -> Iterator[Progress]:
    """Show a progress bar that starts at the customers done in earlier runs. Its rate is that of this run."""
    from rich.console import Console  # noqa: PLC0415 - as in `_active`
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress as Bar,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = [BarColumn(30), MofNCompleteColumn(), TextColumn("{task.fields[note]}"), TimeRemainingColumn()]
    start = time.perf_counter()
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=total, completed=done, note="")

        def show(written: int, failed: int) -> None:
            rate = written / (time.perf_counter() - start)
            bar.update(task, completed=done + written, note=f"{rate:,.1f}/s, {failed} failed")

        yield show
