"""A straight line of code for the records of a class, made once from its table, as attrs makes its methods."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .errors import Path
from .readonly import EMPTY

if TYPE_CHECKING:
    from .tables import Property

Fast = Callable[[dict[str, Any], Path], dict[str, Any] | None]
# What a function made here raises for an object that it does not read: a property is absent, or a value is wrong.
ODD = (KeyError, ValueError, OverflowError)


def compile_reader(properties: Mapping[str, Property]) -> Fast:
    """Return a function that reads an object with all properties, and no other, each as the spec says.

    For any other it returns None, or raises one of `ODD`: `Table.read` then finds out what is odd, and where.
    """
    names: dict[str, Any] = {"EMPTY": EMPTY}
    for number, one in enumerate(properties.values()):
        names |= {f"plain{number}": one.plain, f"members{number}": one.members}
        names |= {f"make{number}": one.make, f"read{number}": one.read}
    exec("\n".join(_source(properties)), names)  # noqa: S102 - every text of the spec is in a literal
    read: Fast = names["read"]
    return read


def _source(properties: Mapping[str, Property]) -> Iterator[str]:
    yield "def read(data, path):"
    yield f"    if len(data) != {len(properties)}:"
    yield "        return None"
    yield "    drift = []"
    for number, (name, one) in enumerate(properties.items()):
        yield f"    value = data[{name!r}]"
        if one.members:
            yield f"    if type(value) is str and value in members{number}:"
            yield f"        value = members{number}[value]"
        elif one.make:
            yield "    if type(value) is str:"
            yield f"        value = make{number}(value)"
        else:
            yield f"    if type(value) is plain{number}:"
            yield "        pass"
        yield "    elif value is not None:"
        where = "()" if one.reader.is_flat else f"(*path, {name!r})"
        yield f"        value = read{number}(value, {where}, drift)"
        if not one.is_nullable:
            yield "    else:"
            yield "        return None"
        yield f"    value{number} = value"
    fields = ", ".join(f"{one.field!r}: value{number}" for number, one in enumerate(properties.values()))
    yield f"    return None if drift else {{{fields}, 'extra': EMPTY}}"
