"""What the wrapper says of the API, read off the wrapper itself.

Also when it cannot be imported: a spec that no longer gives a module or an enum that the wrapper imports breaks the
import, and that is the day on which the checks are needed. Then a stand-in for the generated package is imported.
"""

import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from types import ModuleType, SimpleNamespace, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from unittest import mock

import attrs

# The values that users may name, as members of the enums that are generated.
VALUES: Mapping[str, frozenset[str]] = {
    "SessionMode": frozenset({"ai", "support"}),
    "SessionStatus": frozenset({"active", "closed"}),
}


@attrs.frozen
class Fields:
    """The fields of a class of the wrapper: the kind of value that each takes, and the file that defines them."""

    kinds: Mapping[str, str]
    values: Mapping[str, frozenset[str]]
    file: str = "wrapper/osvi/sessions.py"


@attrs.frozen
class Facts:
    """What the wrapper sends, expects and reads."""

    # By method and path: the query parameters that a call may send, each with whether every call sends it.
    operations: Mapping[str, Mapping[str, bool]]
    server: str
    header: str
    token_length: int
    statuses: frozenset[int]
    codes: Mapping[int, frozenset[str]]
    session: Fields
    metadata: Fields
    envelope: Mapping[str, str]
    error: Mapping[str, str]
    # What the wrapper imports of the generated package, and cannot; empty when all is there.
    missing: str = ""


def facts() -> Facts:
    """Read the facts off the wrapper."""
    try:
        return _facts()
    except ImportError as error:
        missing = str(error)
    with _stand_in():
        return attrs.evolve(_facts(), missing=missing)


def _facts() -> Facts:
    from osvi import _answers, _auth, _operations, _settings, errors, sessions  # noqa: PLC0415

    sent: list[set[str]] = []
    endpoint = SimpleNamespace(_get_kwargs=lambda **parameters: sent.append(set(parameters)))
    with mock.patch.object(_operations, "get_v1_chat_session_active", endpoint):
        _operations.list_active_sessions("customer")
        _operations.get_active_session("customer", "agent")
    return Facts(
        operations={
            _operations.ACTIVE_SESSION: {name: name in set.intersection(*sent) for name in set.union(*sent)},
        },
        server=_settings.SERVER,
        header=_auth.HEADER,
        token_length=_auth.LENGTH,
        statuses=frozenset(errors.DOCUMENTED),
        codes={status: frozenset(c for s, c in errors.CODES if s == status) for status, _ in errors.CODES},
        session=_fields(sessions.ChatSession, {"agent_uuid", "extra"}),
        metadata=_fields(sessions.SessionMetadata, {"extra", "_present"}),
        envelope=_answers.ENVELOPE,
        error=_answers.ERROR,
    )


def _fields(cls: type[Any], ours: set[str]) -> Fields:
    hints = get_type_hints(cls)
    kinds, values = {}, {}
    for field in attrs.fields(cls):
        if field.name in ours:
            continue
        annotation = hints[field.name]
        if get_origin(annotation) in {Union, UnionType}:
            (annotation,) = (argument for argument in get_args(annotation) if argument is not type(None))
        kinds[field.name] = _kind(annotation) + (" or null" if field.metadata.get("nullable") else "")
        if annotation.__name__ in VALUES:
            values[field.name] = VALUES[annotation.__name__]
    return Fields(kinds, values)


def _kind(annotation: Any) -> str:
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return "enum of strings"
    if attrs.has(annotation) or annotation == Mapping[str, Any]:
        return "object"
    kinds: dict[Any, str] = {
        str: "string",
        int: "integer",
        bool: "boolean",
        datetime: "date-time",
        tuple[str, ...]: "array of string",
    }
    return kinds[annotation]


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        del path, target
        if fullname.partition(".")[0] != "osvi_openapi":
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def exec_module(self, module: ModuleType) -> None:
        def lookup(name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            if name in VALUES:
                return StrEnum(name, {value.upper(): value for value in VALUES[name]})
            return f"a stand-in for {name}"

        module.__getattr__ = lookup  # type: ignore[method-assign]


@contextmanager
def _stand_in() -> Iterator[None]:
    ours = ("osvi", "osvi_openapi")
    real = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] in ours}
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if name.partition(".")[0] in ours]:
            del sys.modules[name]
        sys.modules.update(real)
