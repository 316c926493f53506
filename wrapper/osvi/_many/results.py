"""The arguments and the results of many calls at a time, in threads and in tasks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

import attrs
from osvi_runtime import Operation

from osvi._core.call import warn_of_drift
from osvi.errors import AuthenticationError, ConfigurationError, OSVIError, SpecDriftWarning
from osvi.sessions import ChatSession

T = TypeVar("T")
Item = TypeVar("Item")
Result = TypeVar("Result")

END: Final[Any] = object()  # marks the end of the items, and the end of the results of a worker


@attrs.frozen
class Outcome(Generic[T]):
    """The result of one of many operations.

    Attributes:
        operation: The operation that was passed.
        value: The value that `Client.send` would return. None if the operation failed.
        error: The error; a `SpecDriftWarning` if a filter of warnings makes it one. None if the operation succeeded.
    """

    operation: Operation[T]
    value: T | None
    error: OSVIError | SpecDriftWarning | None = None


@attrs.frozen
class CustomerSessions:
    """The result of the lookup of one of many customers.

    Attributes:
        customer_id: The customer id that was passed.
        sessions: The active sessions by agent UUID, ``{}`` if there are none. None if the lookup failed.
        error: The error; a `SpecDriftWarning` if a filter of warnings makes it one. None if the lookup succeeded.
    """

    customer_id: str
    sessions: dict[str, ChatSession] | None
    error: OSVIError | SpecDriftWarning | None = None

    def rows(self) -> list[dict[str, Any]]:
        """Return a row of a table for each session: the customer, the agent, and the properties as the API writes them.

        The list is empty if there are no sessions, or if the lookup failed.
        """
        rows = []
        for agent_uuid, session in (self.sessions or {}).items():
            asked = {"customer_id": self.customer_id, "agent_uuid": agent_uuid}
            rows.append(asked | session.to_dict() | asked)  # first, and not as the session may have them
        return rows


ResultOf = Callable[[Item, T | None, OSVIError | SpecDriftWarning | None], Result]

# What every call would get: a wrong token, a closed client, another event loop.
OF_ALL: Final = (AuthenticationError, ConfigurationError)


def result_with_warnings(result_of: ResultOf[Item, T, Result], item: Item, value: T, drift: list[str]) -> Result:
    """Return the result of a call that has succeeded, with warnings of its drift."""
    try:
        warn_of_drift(drift)
    except SpecDriftWarning as warning:
        return result_of(item, None, warning.with_traceback(None))
    return result_of(item, value, None)


def checked_customers(customer_ids: T) -> T:
    """Return the customers to look up.

    Raises:
        ConfigurationError: The customers are one string, whose characters would be looked up one by one.
    """
    if isinstance(customer_ids, (str, bytes)):
        raise ConfigurationError("customer_ids must be an iterable of strings, not one string; put it into a list")
    return customer_ids


def checked_concurrency(concurrency: int) -> int:
    """Return the number of workers.

    Raises:
        ConfigurationError: The number is not a whole number from 1 up.
    """
    if not isinstance(concurrency, int) or concurrency < 1:  # type: ignore[redundant-expr] # callers without types
        raise ConfigurationError(f"concurrency must be a whole number from 1 up, not {concurrency!r}")
    return concurrency
