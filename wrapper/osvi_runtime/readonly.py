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
        not_sent: The fields that are not None although their properties were not sent. Only `to_dict()` needs them.
    """

    __slots__ = ("not_sent",)

    def __init__(self, properties: Mapping[str, Any], not_sent: frozenset[str] = frozenset()) -> None:
        super().__init__(properties)
        self.not_sent = not_sent

    def __reduce__(self) -> Any:
        return Extra, (dict(self), self.not_sent)


EMPTY: Final[Mapping[Any, Any]] = Extra({})


def read_only(value: Any) -> Any:
    """Return a read-only copy of a list or a mapping, and any other value itself."""
    if isinstance(value, list):
        return tuple(value)
    return ReadOnlyDict(value) if isinstance(value, Mapping) and not isinstance(value, ReadOnlyDict) else value
