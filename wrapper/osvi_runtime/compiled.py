"""Compiles a function that reads the records of a class without a loop over its properties.

attrs compiles the methods of its classes in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final, TypeVar

from .errors import Path
from .readonly import EMPTY
from .tables import Property, table

M = TypeVar("M")
ExactReader = Callable[[Any, Path, Mapping[str, Any]], M | None]


def _compiled(cls: type[M]) -> ExactReader[M]:
    """Return a function that makes a record of an object that has exactly the properties of the class, all valid.

    For any other object, the function returns None; `Table.read` then finds the place.
    """
    names: dict[str, Any] = {"cls": cls, "new": object.__new__, "set": object.__setattr__, "EMPTY": EMPTY}
    exec("\n".join([*_source(table(cls).properties, names)]), names)  # noqa: S102 - texts of the spec are in literals only
    read: ExactReader[M] = names["read"]
    return read


exact_reader: Final[Callable[..., ExactReader[Any]]] = cache(_compiled)  # this type is needed as for `table`


# What the lines of a reader may have beside "value" and "path": the reader, and attributes of it, each by a name.
_WORDS: Final = ("reader", "read", "plain", "plain_items", "convert", "members", "copy")


def _source(properties: Mapping[str, Property], names: dict[str, Any]) -> Iterator[str]:
    yield "def read(data, path, given):"
    yield f"    if type(data) is not dict or len(data) != {len(properties)}:"
    yield "        return None"
    yield "    try:"  # tests for absent properties and for values that cannot be converted would be slower
    yield "        drift = []"
    for number, (key, property_) in enumerate(properties.items()):
        yield f"        value{number} = data[{key!r}]"
        reader = property_.reader
        words = {"value": f"value{number}", "path": f"(*path, {key!r})" if reader.keeps_path else "()"}
        for word in _WORDS:
            words[word] = f"{word}{number}"
            names[words[word]] = reader if word == "reader" else getattr(reader, word, None)
        lines = [line.format_map(words) for line in reader.source]
        # The table reads null as the default, which is an empty value for a container and for some records.
        if property_.is_nullable and property_.default is None:
            yield f"        if value{number} is not None:"
            lines = [f"    {line}" for line in lines]
        yield from (f"        {line}" for line in lines)
    yield "    except (KeyError, ValueError, OverflowError):"
    yield "        return None"
    fields = "".join(f"{property_.field!r}: value{number}, " for number, property_ in enumerate(properties.values()))
    yield "    if drift:"
    yield "        return None"
    yield "    record = new(cls)"
    yield f"    set(record, '__dict__', {{{fields}'extra': EMPTY, **given}})"
    yield "    return record"
