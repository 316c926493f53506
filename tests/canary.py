"""All texts that can be reached from an exception or a client, and all log records."""

import logging
import pickle
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

import osvi

PACKAGE = Path(osvi.__file__).parent
SEARCHED = {"osvi", "osvi_openapi", "osvi_runtime", "httpx", "httpcore", "aiohttp", "yarl", "multidict", "anyio"}


class Everything(logging.Handler):
    """Keeps every record of every logger, as text and as attributes."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(f"{record.name}: {record.getMessage()} {vars(record)}")


def everything_about(error: BaseException) -> Iterator[str]:
    """Yield the traceback of an exception, and all texts that can be reached from it."""
    yield "".join(traceback.format_exception(error))
    yield from everything_in(error)
    if isinstance(error, osvi.OSVIError):
        yield repr(pickle.dumps(error))


def everything_in(root: object) -> Iterator[str]:
    """Yield the texts that can be reached by attributes, containers, chains of exceptions and locals of frames.

    Without the values that only a closure holds, and without the frames above the package: those belong to the caller.
    """
    seen: dict[int, object] = {}  # with the objects, since an address may be used again
    todo = [root]
    while todo:
        one = todo.pop()
        if id(one) in seen or isinstance(one, type | ModuleType):
            continue
        seen[id(one)] = one
        yield f"{one!s} {one!r}"
        if isinstance(one, BaseException):
            todo += [one.args, one.__cause__, one.__context__, one.__traceback__, getattr(one, "exceptions", None)]
        if isinstance(one, TracebackType):
            todo += _locals(one)
        elif isinstance(one, Mapping):
            todo += [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple | set | frozenset):
            todo += one
        if isinstance(one, BaseException) or type(one).__module__.partition(".")[0] in SEARCHED:
            names = [*getattr(one, "__dict__", ()), *_slots(type(one))]
            todo += [getattr(one, name, None) for name in names]


def _locals(trace: TracebackType) -> list[Any]:
    frames = [frame for frame, _ in traceback.walk_tb(trace)]
    ours = [number for number, frame in enumerate(frames) if PACKAGE in Path(frame.f_code.co_filename).parents]
    return [frame.f_locals for frame in frames[ours[0] :]] if ours else []


def _slots(cls: type) -> list[str]:
    slots = [getattr(base, "__slots__", ()) for base in cls.__mro__]
    return [name for names in slots for name in ([names] if isinstance(names, str) else names)]
