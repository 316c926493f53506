"""The reader of any JSON value."""

from __future__ import annotations

import math
from typing import Any, Final

from .drift import Drift
from .errors import JSON_TYPES, MISSING, InvalidDataError, Path, refuse
from .formats import CONVERTED
from .readers import Array, Boolean, Integer, Map, Null, Number, Reader, String

# The types of values that neither are nor contain an infinite number.
_FINITE_TYPES: Final[frozenset[type]] = frozenset({str, int, bool, type(None)})


class _Anything(Reader):
    """Reads any JSON value. An absent value and infinite numbers are refused."""

    plain_types = _FINITE_TYPES
    keeps_path = False

    def __init__(self) -> None:
        super().__init__("a value", *JSON_TYPES)
        self.readers = (Null, Boolean, Integer, Number, String, *CONVERTED, Array(self), Map(self))

    def read(self, value: Any, path: Path, drift: Drift) -> Any:  # noqa: ARG002
        if value is MISSING:
            refuse(value, self.kind(), path)
        _check_numbers(value, path)
        return value

    def takes(self, value: Any) -> bool:  # noqa: ARG002
        return True

    def json_of(self, value: Any, path: Path) -> Any:
        own = getattr(type(value), "__reader__", None)  # of a record, a choice or an enum
        for reader in [own()] if own else self.readers:
            if reader.takes(value):
                return reader.write(value, path)
        raise InvalidDataError(self.kind(), type(value).__name__, path)


def _check_numbers(value: Any, path: Path) -> None:
    """Refuse a number that Python reads as infinity, such as 1e400, since JSON cannot represent infinity."""
    if type(value) is dict or type(value) is list:
        for key, item in value.items() if type(value) is dict else enumerate(value):
            if type(item) not in _FINITE_TYPES:
                _check_numbers(item, (*path, str(key)))
    elif type(value) is float and math.isinf(value):
        refuse(value, "a number in the range of a double", path)


Anything: Final = _Anything()
