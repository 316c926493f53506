"""Many customers at once: what the threads of the sync client and the tasks of the async one have in common."""

from __future__ import annotations

import threading
import time
from typing import Any, Final, Generic, TypeVar

import attrs
from osvi_openapi.runtime import Operation

from osvi._core import waits
from osvi.errors import ConfigurationError, OSVIError
from osvi.sessions import ChatSession

T = TypeVar("T")


@attrs.frozen
class Outcome(Generic[T]):
    """What became of one of many operations.

    Attributes:
        operation: The operation, as given.
        value: What `send` returns for it. None when it failed.
        error: Why it failed. None when it did not.
    """

    operation: Operation[T]
    value: T | None
    error: OSVIError | None = None


@attrs.frozen
class CustomerSessions:
    """What a lookup of many found for one customer.

    Attributes:
        customer_id: The customer, as given.
        sessions: The active sessions by agent UUID, ``{}`` when there are none. None when the lookup failed.
        error: Why the lookup failed. None when it did not.
    """

    customer_id: str
    sessions: dict[str, ChatSession] | None
    error: OSVIError | None = None

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each session, for a table: the customer, the agent, then the record as the API writes it.

        It is empty when there are none, and when the lookup failed.
        """
        return [
            {"customer_id": self.customer_id, "agent_uuid": agent_uuid} | _without_customer(session)
            for agent_uuid, session in (self.sessions or {}).items()
        ]


def _without_customer(session: ChatSession) -> dict[str, Any]:
    return {name: value for name, value in session.to_dict().items() if name != "customer_id"}


class Gate:
    """Closed for all while the API wants to be left alone: one 429 with a ``Retry-After`` slows every worker."""

    def __init__(self) -> None:
        self.stopped: Final = threading.Event()  # nobody wants to know any more
        self._opens = 0.0

    def close(self, seconds: float) -> None:
        """Let no request through for so many seconds."""
        self._opens = max(self._opens, time.monotonic() + seconds)

    def delay(self) -> float:
        """Return the seconds until a request may be sent; 0 when it may be now."""
        return waits.shorten(max(0.0, self._opens - time.monotonic()))


END: Final = object()


@attrs.frozen
class Raised:
    """An exception that is not the API's: of the source of ids, or of a token callable. It ends the iteration."""

    error: BaseException


def checked_customers(customer_ids: T) -> T:
    """Return the customers to look up.

    Raises:
        ConfigurationError: They are one string, whose characters would be looked up one by one.
    """
    if isinstance(customer_ids, (str, bytes)):
        raise ConfigurationError("customer_ids must be an iterable of strings, not one string; put it into a list")
    return customer_ids


def checked_concurrency(concurrency: int) -> int:
    """Return the number of workers.

    Raises:
        ConfigurationError: it is none.
    """
    if not isinstance(concurrency, int) or concurrency < 1:  # type: ignore[redundant-expr] # not every caller has types
        raise ConfigurationError(f"concurrency must be a whole number from 1 up, not {concurrency!r}")
    return concurrency
