"""A function that reads the records of a class in a straight line, compiled once, as attrs compiles its methods."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from .errors import Path
from .readers import Container, Reader
from .readonly import EMPTY

if TYPE_CHECKING:
    from .tables import Property

M = TypeVar("M")
ExactReader = Callable[[Any, Path, Mapping[str, Any]], M | None]
# What an `ExactReader` raises where a property is absent or a value differs from the spec, instead of a test for each.
INEXACT = (KeyError, ValueError, OverflowError)


def compile_exact_reader(cls: type[M], properties: Mapping[str, Property]) -> ExactReader[M]:
    """Return a function that makes a record of an object with all properties, each as the spec says, and no other.

    For any other object it returns None, or raises one of `INEXACT`: `Table.read` then finds the place.
    """
    names: dict[str, Any] = {"cls": cls, "new": object.__new__, "set": object.__setattr__, "EMPTY": EMPTY}
    for number, one in enumerate(properties.values()):
        names |= {f"reader{number}": one.reader, f"read{number}": one.reader.read, f"plain{number}": one.reader.plain}
        names |= {f"{name}{number}": getattr(one.reader, name, None) for name in ("make", "members")}
    exec("\n".join(_source(properties)), names)  # noqa: S102 - each text of the spec is in a literal
    read: ExactReader[M] = names["read"]
    return read


def _source(properties: Mapping[str, Property]) -> Iterator[str]:
    yield "def read(data, path, given):"
    yield f"    if type(data) is not dict or len(data) != {len(properties)}:"
    yield "        return None"
    yield "    drift = []"
    for number, (name, one) in enumerate(properties.items()):
        yield f"    value{number} = data[{name!r}]"
        if one.is_nullable and not isinstance(one.reader, Container):  # the table reads its null as an empty value
            yield f"    if value{number} is not None:"
            yield from (f"    {line}" for line in _value_source(number, name, one.reader))
        else:
            yield from _value_source(number, name, one.reader)
    fields = ", ".join(f"{one.field!r}: value{number}" for number, one in enumerate(properties.values()))
    yield "    if drift:"
    yield "        return None"
    yield "    record = new(cls)"
    yield f"    set(record, '__dict__', {{{fields}, 'extra': EMPTY, **given}})"
    yield "    return record"


def _value_source(number: int, name: str, reader: Reader[Any]) -> Iterator[str]:
    """Yield the lines that check and convert one value, which may be null where the spec does not allow it."""
    value = f"value{number}"
    place = "()" if reader.is_flat else f"(*path, {name!r})"
    if reader.plain:
        yield f"    if type({value}) is not plain{number}:"
        yield "        return None"
    elif reader.types == (str,) and (hasattr(reader, "members") or hasattr(reader, "make")):
        made = f"members{number}[{value}]" if hasattr(reader, "members") else f"make{number}({value})"
        yield f"    if type({value}) is not str:"  # an instance of a subclass has no JSON type
        yield "        return None"
        yield f"    {value} = {made}"
    elif hasattr(type(reader), "exact"):  # of the instance, it would compile a class that refers to itself for ever
        yield f"    {value} = reader{number}.exact({value}, {place}, EMPTY)"
        yield f"    if {value} is None:"
        yield "        return None"
    else:
        yield f"    if {value} is None:"
        yield "        return None"
        yield f"    {value} = read{number}({value}, {place}, drift)"
