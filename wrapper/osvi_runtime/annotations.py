"""The readers of annotations, which declare the values of fields, arguments and answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial, reduce
from operator import or_
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from .anything import Anything
from .enums import Listed
from .formats import CONVERTED
from .readers import AnyOf, Array, Boolean, Integer, Map, Null, NullType, Number, Reader, String

_UNIONS: Final = (UnionType, Union)  # a union with a Literal or an Annotated in it is of the second class
_READERS: Final[Mapping[Any, Reader]] = {
    **{format_.type: format_ for format_ in CONVERTED},
    str: String,
    int: Integer,
    float: Number,
    bool: Boolean,
    None: Null,
    NoneType: Null,
    NullType: Null,
    Any: Anything,
}

# The annotations of a class or a function, evaluated once.
hints: Final[Callable[[Any], dict[str, Any]]] = cache(partial(get_type_hints, include_extras=True))


def reader_of(annotation: Any) -> Reader:
    """Return the reader of the values of an annotation.

    A class says by ``__reader__`` how it is read. A note in ``Annotated`` makes a reader of that of the type. Beside a
    type, ``Literal`` has those of its values that the spec lists.
    """
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        note: Callable[[Reader], Reader] = parts[1]
        return note(reader_of(parts[0]))
    if origin in _UNIONS:
        return _reader_of_union(parts)
    if origin in (tuple, Sequence):
        return Array(reader_of(parts[0]))
    if origin is Mapping:
        return Map(reader_of(parts[1]))
    if annotation in _READERS:
        return _READERS[annotation]
    own: Callable[[], Reader] | None = getattr(annotation, "__reader__", None)
    # A test may have put a class in the place of `datetime.datetime`, as freezegun does.
    return own() if own else next(_READERS[base] for base in annotation.__mro__ if base in _READERS)


def _reader_of_union(parts: Sequence[Any]) -> Reader:
    values = [value for part in parts if get_origin(part) is Literal for value in get_args(part)]
    readers = []
    for type_ in (part for part in parts if get_origin(part) is not Literal):
        listed = frozenset(value for value in values if type(value) is type_)
        readers.append(Listed(reader_of(type_), listed) if listed else reader_of(type_))
    if sum(dict in reader.types for reader in readers) > 1:  # a mapping that stands for a record
        readers = [reader for reader in readers if not isinstance(reader, Map)]
    return readers[0] if len(readers) == 1 else AnyOf(*readers)


def without_none(annotation: Any) -> Any:
    """Return a union without None, and any other annotation as it is."""
    parts = [part for part in get_args(annotation) if part is not NoneType]
    return reduce(or_, parts) if get_origin(annotation) in _UNIONS else annotation
