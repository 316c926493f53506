"""Mappings that cannot be changed, and the empty values that stand for what was absent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NoReturn, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class ReadOnlyDict(dict[K, V]):
    """A dict that refuses changes. A subclass, so that every encoder of JSON, pickle and copy know what to do."""

    __slots__ = ()

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("this mapping is read-only; dict(...) gives a copy that is not")

    __setitem__ = __delitem__ = __ior__ = update = setdefault = pop = popitem = clear = _refuse  # pyright: ignore[reportAssignmentType]

    def __reduce__(self) -> Any:
        return type(self), (dict(self),)


class _AbsentMapping(ReadOnlyDict[Any, Any]):
    # The name of the global: there is only one, in copies too.
    def __reduce__(self) -> str:
        return "ABSENT_MAPPING"


class _AbsentArray(tuple[Any, ...]):
    __slots__ = ()

    def __reduce__(self) -> str:
        return "ABSENT_ARRAY"


EMPTY: Final[Mapping[Any, Any]] = ReadOnlyDict()
# Equal to the empty mapping and the empty tuple; by their identity, to_dict() knows that nothing was there.
ABSENT_MAPPING: Final[Mapping[Any, Any]] = _AbsentMapping()
ABSENT_ARRAY: Final[tuple[Any, ...]] = _AbsentArray()


def read_only(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the mapping if it cannot be changed, or a copy that cannot."""
    return mapping if isinstance(mapping, ReadOnlyDict) else ReadOnlyDict(mapping)


def read_only_array(items: Any) -> tuple[Any, ...]:
    """Return the items as a tuple."""
    return items if isinstance(items, tuple) else tuple(items)
