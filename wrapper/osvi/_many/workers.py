"""The parts that the threads of `Client` and the tasks of `AsyncClient` share."""

from __future__ import annotations

from typing import Any, Final

from osvi.errors import ConfigurationError

END: Final[Any] = object()  # marks the end of the items, and the end of the results of a worker


def checked_concurrency(concurrency: int) -> int:
    """Return the number of workers.

    Raises:
        ConfigurationError: The number is not a whole number from 1 up.
    """
    if not isinstance(concurrency, int) or concurrency < 1:  # type: ignore[redundant-expr] # callers without types
        raise ConfigurationError(f"concurrency must be a whole number from 1 up, not {concurrency!r}")
    return concurrency
