"""Mappings that cannot be changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NoReturn, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class ReadOnlyDict(dict[K, V]):
    """A dict that refuses changes. As a subclass of dict, it works with every JSON encoder, pickle and copy."""

    __slots__ = ()

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("this mapping is read-only; dict(...) gives a copy that is not")

    __setitem__ = __delitem__ = __ior__ = update = setdefault = pop = popitem = clear = _refuse  # pyright: ignore[reportAssignmentType]

    def __reduce__(self) -> Any:
        return type(self), (dict(self),)


class Extra(ReadOnlyDict[str, Any]):
    """The properties of a record that the spec does not declare.

    Attributes:
        absent: The fields that are not None although their properties were absent. Only `to_dict()` needs them.
    """

    __slots__ = ("absent",)

    def __init__(self, properties: Mapping[str, Any], absent: frozenset[str] = frozenset()) -> None:
        super().__init__(properties)
        self.absent = absent

    def __reduce__(self) -> Any:
        return Extra, (dict(self), self.absent)


EMPTY: Final[Mapping[Any, Any]] = Extra({})


def read_only(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the mapping itself if it is read-only, otherwise a read-only copy."""
    return mapping if isinstance(mapping, ReadOnlyDict) else ReadOnlyDict(mapping)
