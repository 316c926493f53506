"""Compiles a function that reads the records of a class without a loop over its properties.

attrs compiles the methods of its classes in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from textwrap import indent
from types import NoneType
from typing import Any, Final, TypeVar

from .drift import EXACTLY
from .errors import Path
from .properties import Property
from .readonly import EMPTY, ReadOnlyDict

M = TypeVar("M")
ExactReader = Callable[[Any, Path, Mapping[str, Any]], M | None]

# The exceptions are of absent properties, and of values that cannot be converted: tests would be slower.
_FUNCTION: Final = """\
def read(data, path, given):
    if type(data) is not dict or len(data) != {count}:
        return None
    try:
        pass
{conversions}
    except (KeyError, ValueError, OverflowError):
        return None
    record = new(cls)
    set(record, "__dict__", {{{fields}"extra": EMPTY, **given}})
    return record
"""
_NAMES: Final[Mapping[str, Any]] = {
    "new": object.__new__,
    "set": object.__setattr__,
    "EMPTY": EMPTY,
    "drift": EXACTLY,
    "NoneType": NoneType,
    "ReadOnlyDict": ReadOnlyDict,
}


def exact_reader(cls: type[M], properties: Mapping[str, Property]) -> ExactReader[M]:
    """Return a function that makes a record of an object that has exactly these properties, all valid.

    For any other object, the function returns None; `Record.read_fields` then finds the place.
    """
    names = {**_NAMES, "cls": cls}
    conversions = fields = ""
    for number, (key, property_) in enumerate(properties.items()):
        value, reader = f"value{number}", f"reader{number}"
        names[reader] = property_.reader
        path = f"(*path, {key!r})" if property_.reader.keeps_path else "()"
        conversion = property_.reader.source.format(value=value, reader=reader, path=path)
        # Null is read as the default, which is an empty value for a container and for some records.
        if property_.is_nullable and property_.default is None:
            conversion = f"if {value} is not None:\n{indent(conversion, '    ')}"
        conversions += f"{value} = data[{key!r}]\n{conversion}"
        fields += f"{property_.field!r}: {value}, "
    source = _FUNCTION.format(count=len(properties), conversions=indent(conversions, " " * 8), fields=fields)
    exec(source, names)  # noqa: S102 - texts of the spec are in literals only
    read: ExactReader[M] = names["read"]
    return read
