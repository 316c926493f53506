"""What both clients are made of, but for the sending; and what their methods mean, written once for both.

Editors and help() show the docstring of a base where an override has none.
"""

from __future__ import annotations

import os
import ssl
import warnings
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar

from osvi._core.call import Call
from osvi._core.options import checked_options
from osvi._core.token import Secret, TokenSource, token_secret
from osvi._transport import USER_AGENT
from osvi._transport.origin import checked_base_url, network
from osvi.errors import ConfigurationError

if TYPE_CHECKING:
    from osvi_openapi.runtime import Operation

    from osvi._many.fanout import Gate
    from osvi._transport.origin import Network

T = TypeVar("T")
Pool = TypeVar("Pool", bound=Any)


class Base(ABC, Generic[Pool]):
    """The options, the token and the connections of a client."""

    _base_url = "(not made)"  # what a traceback shows of one that could not be

    def __init__(
        self,
        token: Secret[Any],
        *,
        base_url: str | None,
        transport: Any,
        ssl_context: ssl.SSLContext | None,
        allow_http: bool,
        **options: Any,
    ) -> None:
        self._base_url = checked_base_url(base_url, allow_http=allow_http)
        self._options = checked_options(base_url=self._base_url, user_agent=USER_AGENT, **options)
        # The caller of Client(...) is three frames up from where a warning about the token is given.
        self._token = TokenSource(token, stacklevel=3)
        if ssl_context is not None and not isinstance(ssl_context, ssl.SSLContext):
            raise ConfigurationError(f"ssl_context must be an ssl.SSLContext, not {type(ssl_context).__name__}")
        if ssl_context is not None and transport is not None:
            raise ConfigurationError("ssl_context goes with no transport of your own, which has its own TLS settings")
        self._transport = transport
        self._network: Network | None = network(self._base_url, ssl_context) if transport is None else None
        self._pool: Pool = self._open()
        self._process = os.getpid()

    @abstractmethod
    def _open(self) -> Pool:
        """Make a pool, which has no connections yet."""

    def __repr__(self) -> str:
        return f"<osvi.{type(self).__name__} of {self._base_url}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} holds connections and a token: make one where it is used")

    def __del__(self, _warn: Any = warnings.warn) -> None:
        pool = getattr(self, "_pool", None)  # None of one that could not be made
        if pool is not None and pool.is_connected and self._process == os.getpid():
            _warn(f"{self!r} was not closed; use it as a context manager", ResourceWarning, source=self)

    @abstractmethod
    def get_active_session(self, customer_id: str, *, agent_uuid: str) -> Any:
        """Return the active session of a customer with one agent (``GET /v1/chat/session/active``).

        Args:
            customer_id: Your identifier for the customer.
            agent_uuid: The agent whose session to return.

        Raises:
            SessionNotFoundError: There is none.
            APIError: The API answered no for another reason; see `osvi.errors` for the class of each status.
            TransportError: No whole answer came, `RequestTimeoutError` when it took too long.
            ContractError: The answer is not one session, or a property has another type than ``openapi.yaml`` says.
            ConfigurationError: An argument is blank or no string, or the client is closed; nothing was sent.
        """

    @abstractmethod
    def find_active_session(self, customer_id: str, *, agent_uuid: str) -> Any:
        """Return the active session of a customer with one agent, None when there is none.

        None stands for a 404 with the code ``session_not_found`` and for nothing else: an unknown agent or a wrong base
        URL still raises.

        Args:
            customer_id: Your identifier for the customer.
            agent_uuid: The agent whose session to return.

        Raises:
            APIError: The API answered no for another reason; see `osvi.errors` for the class of each status.
            TransportError: No whole answer came, `RequestTimeoutError` when it took too long.
            ContractError: The answer is not one session, or a property has another type than ``openapi.yaml`` says.
            ConfigurationError: An argument is blank or no string, or the client is closed; nothing was sent.
        """

    @abstractmethod
    def list_active_sessions(self, customer_id: str) -> Any:
        """Return all active sessions of a customer by agent UUID, ``{}`` when there are none.

        Args:
            customer_id: Your identifier for the customer.

        Raises:
            APIError: The API answered no; see `osvi.errors` for the class of each status.
            TransportError: No whole answer came, `RequestTimeoutError` when it took too long.
            ContractError: The answer is no map of sessions, or a property has another type than ``openapi.yaml`` says.
            ConfigurationError: ``customer_id`` is blank or no string, or the client is closed; nothing was sent.
        """

    @abstractmethod
    def send(self, operation: Operation[T]) -> Any:
        """Send an operation of `osvi.operations`, and return what its answer means.

        It has all that the other methods have: the token, the retries, the limits and the errors. An operation whose
        method is POST or PATCH is tried again only when nothing was sent.

        Args:
            operation: What a function of `osvi.operations` returned. Its ``whole`` has the whole body as its value.

        Raises:
            APIError: The API answered no; see `osvi.errors` for the class of each status.
            TransportError: No whole answer came, `RequestTimeoutError` when it took too long.
            ContractError: The answer is not what ``openapi.yaml`` says.
            ConfigurationError: The client is closed; nothing was sent.
        """

    def _call(self, operation: Operation[T], gate: Gate | None) -> Call[T]:
        """Begin a call, with connections that belong to this process."""
        if self._pool.is_closed:
            raise ConfigurationError(f"this {type(self).__name__} is closed; make a new one")
        if self._process != os.getpid():
            # After a fork, parent and child would read each other's answers from one socket. The old pool is kept: to
            # close its connections is the parent's business.
            self._inherited: Pool = self._pool
            self._pool = self._open()
            self._process = os.getpid()
        return Call(operation, self._options, gate)


def secrets(token: Any, headers: Any) -> dict[str, Secret[Any]]:
    """Return the arguments that no frame may hold in the open: a traceback shows its local variables."""
    return {"token": token_secret(token), "headers": Secret(headers)}
