"""What the threads of the sync client and the tasks of the async client have in common."""

from __future__ import annotations

from typing import Any, Final, TypeVar

from osvi.errors import ConfigurationError

T = TypeVar("T")

END: Final[Any] = object()  # stands behind the last item of a source, and behind the last result


class Failure:
    """An exception that ends the iteration: of the source of items, of a token callable, or a 401."""

    def __init__(self, error: BaseException) -> None:
        self.error: Final = error


def checked_concurrency(concurrency: int) -> int:
    """Return the number of workers.

    Raises:
        ConfigurationError: It is not a whole number from 1 up.
    """
    if not isinstance(concurrency, int) or concurrency < 1:  # type: ignore[redundant-expr] # not every caller has types
        raise ConfigurationError(f"concurrency must be a whole number from 1 up, not {concurrency!r}")
    return concurrency
