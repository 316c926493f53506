"""Compiles a function that reads the records of a class without a loop over its properties.

attrs compiles the methods of its classes in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final, TypeVar

from .errors import Path
from .readers import Reader
from .readonly import EMPTY
from .tables import Property, table

M = TypeVar("M")
ExactReader = Callable[[Any, Path, Mapping[str, Any]], M | None]
# The exceptions of an `ExactReader` if a property is absent or a value differs from the spec. Tests would be slower.
INEXACT = (KeyError, ValueError, OverflowError)


def _compiled(cls: type[M]) -> ExactReader[M]:
    """Return a function that makes a record of an object that has exactly the properties of the class, all valid.

    For any other object, the function returns None or raises one of `INEXACT`; `Table.read` then finds the place.
    """
    properties, defaults = table(cls).properties, table(cls).defaults
    names: dict[str, Any] = {"cls": cls, "new": object.__new__, "set": object.__setattr__, "EMPTY": EMPTY}
    for number, reader in enumerate(property_.reader for property_ in properties.values()):
        names |= {f"reader{number}": reader, f"read{number}": reader.read, f"plain{number}": reader.plain}
        names |= {f"{name}{number}": getattr(reader, name, None) for name in ("convert", "members")}
    exec("\n".join(_source(properties, defaults)), names)  # noqa: S102 - texts of the spec are in literals only
    read: ExactReader[M] = names["read"]
    return read


exact_reader: Final[Callable[..., ExactReader[Any]]] = cache(_compiled)  # this type is needed as for `table`


def _source(properties: Mapping[str, Property], defaults: Mapping[str, Any]) -> Iterator[str]:
    yield "def read(data, path, given):"
    yield f"    if type(data) is not dict or len(data) != {len(properties)}:"
    yield "        return None"
    yield "    drift = []"
    for number, (name, property_) in enumerate(properties.items()):
        yield f"    value{number} = data[{name!r}]"
        # The table reads null as the default, which is an empty value for a container and for some records.
        if property_.is_nullable and defaults[property_.field] is None:
            yield f"    if value{number} is not None:"
            yield from (f"    {line}" for line in _value_source(number, name, property_.reader))
        else:
            yield from _value_source(number, name, property_.reader)
    fields = "".join(f"{property_.field!r}: value{number}, " for number, property_ in enumerate(properties.values()))
    yield "    if drift:"
    yield "        return None"
    yield "    record = new(cls)"
    yield f"    set(record, '__dict__', {{{fields}'extra': EMPTY, **given}})"
    yield "    return record"


def _value_source(number: int, name: str, reader: Reader[Any]) -> Iterator[str]:
    """Yield the lines that check and convert the value of a property. They do not accept null."""
    value = f"value{number}"
    path = f"(*path, {name!r})" if reader.keeps_path else "()"
    if reader.plain:
        yield f"    if type({value}) is not plain{number}:"
        yield "        return None"
    elif reader.types == (str,) and (hasattr(reader, "members") or hasattr(reader, "convert")):
        converted = f"members{number}[{value}]" if hasattr(reader, "members") else f"convert{number}({value})"
        yield f"    if type({value}) is not str:"  # an instance of a subclass has no JSON type
        yield "        return None"
        yield f"    {value} = {converted}"
    elif hasattr(type(reader), "exact"):  # hasattr(reader, ...) would compile `exact`, endlessly in a circle
        yield f"    {value} = reader{number}.exact({value}, {path}, EMPTY)"
        yield f"    if {value} is None:"
        yield "        return None"
    else:
        yield f"    if {value} is None:"
        yield "        return None"
        yield f"    {value} = read{number}({value}, {path}, drift)"
