"""What the wrapper says of the API, read off the wrapper itself.

Also when it cannot be imported: a spec that no longer gives a module or an enum that the wrapper imports breaks the
import, and that is the day on which the checks are needed. Then a stand-in for the generated package is imported.
"""

import importlib
import importlib.abc
import importlib.machinery
import inspect
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any
from unittest import mock

import attrs

# The values that users may name, as members of the enums that are generated: each enum that a record has is here.
VALUES: Mapping[str, frozenset[str]] = {
    "SessionMode": frozenset({"ai", "support"}),
    "SessionStatus": frozenset({"active", "closed"}),
}


# The kind of value that a type of Python is, in the words of `reading.kind`.
KINDS: Mapping[Any, str] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    datetime: "date-time",
    Mapping[str, Any]: "object",
    tuple[str, ...]: "array of string",
}


@attrs.frozen
class Fields:
    """The fields of a class of the wrapper: the kind of value that each takes, and the file that defines them."""

    kinds: Mapping[str, str]
    values: Mapping[str, frozenset[str]] = attrs.field(factory=dict)
    nested: Mapping[str, "Fields"] = attrs.field(factory=dict)
    file: str = "wrapper/osvi/sessions.py"


@attrs.frozen
class Parameter:
    """An argument that a call sends: its kind, and whether every call sends it."""

    kind: str
    always: bool


@attrs.frozen
class Served:
    """What the wrapper sends to one operation, and what it takes for an answer."""

    parameters: Mapping[str, Parameter]
    shapes: tuple[str, ...]
    record: Fields | None
    errors: Mapping[int, frozenset[str]]


@attrs.frozen
class Facts:
    """What the wrapper sends, expects and reads."""

    operations: Mapping[str, Served]  # by method and path
    server: str
    header: str
    token_length: int
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
    from osvi._core import answers, operations, token  # noqa: PLC0415
    from osvi._transport import origin  # noqa: PLC0415

    endpoints = {one.name: one for one in vars(operations).values() if isinstance(one, operations.Endpoint)}
    return Facts(
        operations={
            name: Served(
                parameters=_parameters(operations, endpoint),
                shapes=tuple(sorted(endpoint.shapes)),
                record=None if endpoint.record is None else _fields(endpoint.record),
                errors={status: frozenset(codes) for status, codes in endpoint.errors.items()},
            )
            for name, endpoint in endpoints.items()
        },
        server=origin.SERVER,
        header=token.HEADER,
        token_length=token.LENGTH,
        envelope=answers.ENVELOPE,
        error=answers.ERROR,
    )


def _parameters(operations: Any, endpoint: Any) -> Mapping[str, Parameter]:
    """Make each call of an endpoint, with all of its arguments and with those alone that it must have, and see."""
    calls = [one for one in vars(operations).values() if isinstance(one, FunctionType) and _is_call(one)]
    sent: list[dict[str, Any]] = []
    with mock.patch.object(operations.Endpoint, "request", lambda _, **parameters: parameters):
        for call in calls:
            for arguments in (_arguments(call, needed=False), _arguments(call, needed=True)):
                operation = call(**arguments)
                if operation.endpoint == endpoint:
                    sent.append({name: value for name, value in operation.request.items() if value is not None})
    values = {name: value for one in sent for name, value in one.items()}
    return {
        name: Parameter(_kind(type(value)), all(name in one for one in sent)) for name, value in sorted(values.items())
    }


def _is_call(function: FunctionType) -> bool:
    return str(function.__annotations__.get("return")).startswith("Operation[")


def _enum(name: str) -> Any:
    return StrEnum(name, {value.upper(): value for value in VALUES[name]})


# An argument for each annotation, to make a call with; a string for any other.
SAMPLES: Mapping[str, Any] = {
    "int": 1,
    "float": 1.5,
    "bool": True,
    "datetime": datetime.now(UTC),
    **{name: next(iter(_enum(name))) for name in VALUES},
}


def _arguments(call: FunctionType, *, needed: bool) -> Mapping[str, Any]:
    """Return an argument for each parameter, or for those alone that have no default."""
    return {
        name: SAMPLES.get(str(parameter.annotation).removesuffix(" | None"), "x")
        for name, parameter in inspect.signature(call).parameters.items()
        if parameter.default is parameter.empty or not needed
    }


def _fields(cls: type[Any]) -> Fields:
    from osvi._records import NULLABLE, types  # noqa: PLC0415

    metadata = {field.name: field.metadata for field in attrs.fields(cls)}
    kinds, values, nested = {}, {}, {}
    for name, annotation in types(cls).items():
        kinds[name] = _kind(annotation) + (" or null" if metadata[name] == NULLABLE else "")
        if attrs.has(annotation):
            nested[name] = _fields(annotation)
        if annotation.__name__ in VALUES:
            values[name] = VALUES[annotation.__name__]
    return Fields(kinds, values, nested, f"wrapper/{cls.__module__.replace('.', '/')}.py")


def _kind(annotation: Any) -> str:
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return "enum of strings"
    return KINDS.get(annotation, "object")


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
                return _enum(name)
            return type(name, (SimpleNamespace,), {})  # takes any arguments, as a model does

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
