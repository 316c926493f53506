"""What both clients are made of, but for the sending; and what their methods mean, written once for both.

Editors and help() show the docstring of a base where an override has none.
"""

from __future__ import annotations

import ssl
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Final, Generic, NoReturn, Self, TypeVar

from osvi_openapi.runtime import Operation

from osvi._core.call import Call
from osvi._core.options import Options
from osvi._core.token import Secret, TokenSource, token_secret
from osvi._transport import USER_AGENT
from osvi._transport.connections import Connections
from osvi._transport.origin import checked_base_url, network
from osvi.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from osvi._core.answers import Answer
    from osvi._core.waits import Gate
    from osvi._transport.origin import Network

T = TypeVar("T")
Pool = TypeVar("Pool", bound=Any)


class Base(ABC, Generic[Pool]):
    """The options, the token and the connections of a client."""

    _base_url = "(not made)"  # what a traceback shows of one that could not be
    _handler: str  # the method that a transport of the user's own must have

    def __init__(  # noqa: PLR0913 - what the two clients pass
        self,
        open_pool: Callable[[Network | None], Pool],
        *,
        token: Secret[Any],
        base_url: str | None,
        transport: Any,
        ssl_context: ssl.SSLContext | None,
        allow_http: bool,
        **options: Any,
    ) -> None:
        self._base_url = checked_base_url(base_url, allow_http=allow_http)
        self._options = Options(base_url=self._base_url, user_agent=USER_AGENT, **options)
        # The caller of Client(...) is three frames up from where a warning about the token is given.
        self._token: Final = TokenSource(token, stacklevel=3)
        if ssl_context is not None and not isinstance(ssl_context, ssl.SSLContext):
            raise ConfigurationError(f"ssl_context must be an ssl.SSLContext, not {type(ssl_context).__name__}")
        if ssl_context is not None and transport is not None:
            raise ConfigurationError("ssl_context goes with no transport of your own, which has its own TLS settings")
        if transport is not None and (isinstance(transport, type) or not hasattr(transport, self._handler)):
            given = f"the class {transport.__name__}" if isinstance(transport, type) else type(transport).__name__
            raise ConfigurationError(
                f"transport must be an object with {self._handler}(), as {type(self).__name__} calls it, not {given}"
            )
        way = network(self._base_url, ssl_context) if transport is None else None
        self._network: Final = way
        self._connections: Final = Connections(lambda: open_pool(way), repr(self))
        self._owns_connections = True

    def __repr__(self) -> str:
        return f"<osvi.{type(self).__name__} of {self._base_url}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} holds connections and a token: make one where it is used")

    def with_options(
        self,
        *,
        timeout: float | None = None,
        total_timeout: float | None = None,
        retries: int | None = None,
        headers: Mapping[str, str | None] | None = None,
        on_answer: Callable[[Answer], object] | None = None,
    ) -> Self:
        """Return a client with other options, on the same connections; use it for one call, or keep it.

        Closing it closes nothing: the connections belong to the client that it derives from.

        Args:
            timeout: Seconds for each phase of one attempt. None leaves it as it is, as with all of these.
            total_timeout: Seconds for the whole call.
            retries: Attempts after the first.
            headers: Added to those of this client, or in their place; one that is None is left out.
            on_answer: Called with the `Answer` of each call, in place of the one of this client.

        Raises:
            ConfigurationError: An option cannot be used.
        """
        changes = secrets(None, headers)
        del headers
        derived = object.__new__(type(self))
        vars(derived).update(vars(self), _owns_connections=False)
        derived._options = self._options.changed(
            changes["headers"], timeout=timeout, total_timeout=total_timeout, retries=retries, on_answer=on_answer
        )
        return derived

    @abstractmethod
    def get_active_session(self, customer_id: str, *, agent_uuid: str) -> Any:
        """Return the active session of a customer with one agent (``GET /v1/chat/session/active``).

        Args:
            customer_id: Your identifier for the customer.
            agent_uuid: The agent whose session to return.

        Raises:
            SessionNotFoundError: There is none.
            APIError: The API answered with another error; see `osvi.errors` for the class of each status.
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
            APIError: The API answered with another error; see `osvi.errors` for the class of each status.
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
            APIError: The API answered with an error; see `osvi.errors` for the class of each status.
            TransportError: No whole answer came, `RequestTimeoutError` when it took too long.
            ContractError: The answer is no map of sessions, or a property has another type than ``openapi.yaml`` says.
            ConfigurationError: ``customer_id`` is blank or no string, or the client is closed; nothing was sent.
        """

    @abstractmethod
    def send(self, operation: Operation[T]) -> Any:
        """Send an operation of `osvi.operations`, and return the value of its answer.

        It has all that the other methods have: the token, the retries, the limits and the errors. An operation whose
        method is POST or PATCH is tried again only when nothing was sent.

        Args:
            operation: What a function of `osvi.operations` returned. Its ``whole`` has the whole body as its value.

        Raises:
            APIError: The API answered with an error; see `osvi.errors` for the class of each status.
            TransportError: No whole answer came, `RequestTimeoutError` when it took too long.
            ContractError: The answer is not what ``openapi.yaml`` says.
            ConfigurationError: ``operation`` is not one, or the client is closed; nothing was sent.
        """

    @abstractmethod
    def iter_active_sessions(self, customer_ids: Iterable[str], *, concurrency: int) -> Any:
        """Look up the active sessions of many customers, and yield each result as it comes, in no fixed order.

        A customer whose lookup fails does not stop the others: its result has the error. A 401 stops all, since it
        would be the same for each. A 429 with ``Retry-After`` slows all. When the loop is left (the
        generator is closed), no lookup is begun: `Client` waits for those under way, ``timeout`` seconds at most;
        `AsyncClient` cancels them, once the generator is closed (use ``contextlib.aclosing``).

        Args:
            customer_ids: Any iterable, also one without end; in `AsyncClient` an async one too.
            concurrency: How many lookups are under way at a time: in threads, or in tasks of asyncio. Each has the
                retries of this client.

        Raises:
            AuthenticationError: The token is missing or wrong.
            ConfigurationError: ``customer_ids`` is one string, ``concurrency`` is no whole number from 1 up, or the
                loop is not asyncio's.
        """

    @abstractmethod
    def send_many(self, operations: Iterable[Operation[T]], *, concurrency: int) -> Any:
        """Send many operations, and yield the `Outcome` of each as it comes, in no fixed order.

        `iter_active_sessions` says what happens to failures, and when the loop is left.

        Args:
            operations: Any iterable of operations of `osvi.operations`; in `AsyncClient` an async one too.
            concurrency: How many are under way at a time.

        Raises:
            AuthenticationError: The token is missing or wrong.
            ConfigurationError: ``concurrency`` is no whole number from 1 up, or the loop is not asyncio's.
        """

    def _call(self, operation: Operation[T], gate: Gate | None) -> Call[T]:
        """Begin a call; a closed client begins none."""
        if not isinstance(operation, Operation):  # not every caller has types
            text = f"send() takes what a function of osvi.operations returns, not {type(operation).__name__}"
            raise ConfigurationError(f"{text}; call the function" if callable(operation) else text)
        self._connections.pool()
        return Call(operation, self._options, gate)


def secrets(token: Any, headers: Any) -> dict[str, Secret[Any]]:
    """Return the arguments that no frame may hold in the open: a traceback shows its local variables."""
    return {"token": token_secret(token), "headers": Secret({} if headers is None else headers)}
