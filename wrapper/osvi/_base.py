"""The parts that both clients share, and the docstrings of their methods."""

from __future__ import annotations

import ssl
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from types import FunctionType
from typing import Any, Final, Generic, NoReturn, Self, TypeVar

from osvi_runtime import Operation

from osvi._core.options import Answer, Options
from osvi._core.token import Secret, token_secret, token_source
from osvi._transport import USER_AGENT
from osvi._transport.origin import Network, checked_base_url, network_to
from osvi._transport.shared_pool import SharedPool
from osvi.errors import ConfigurationError

T = TypeVar("T")
Pool = TypeVar("Pool", bound=Any)
TokenT = TypeVar("TokenT")


class BaseClient(ABC, Generic[Pool, TokenT]):
    """The options, the token and the connections of a client."""

    _base_url = "(not made)"  # for the repr() in the traceback of a failed __init__
    _transport_method: str  # the method of a user's transport that the client calls

    def __init__(  # noqa: PLR0913 - the arguments of the clients
        self,
        open_pool: Callable[[Network | None], Pool],
        *,
        token: Secret[Any],
        base_url: str | None,
        transport: Any,
        proxy: Secret[Any],
        ssl_context: ssl.SSLContext | None,
        max_connections: int,
        allow_http: bool,
        **options: Any,
    ) -> None:
        self._base_url = checked_base_url(base_url, allow_http=allow_http)
        self._options = Options(base_url=self._base_url, user_agent=USER_AGENT, **options)
        self._set_token(token_source(token))
        if ssl_context is not None and not isinstance(ssl_context, ssl.SSLContext):
            raise ConfigurationError(f"ssl_context must be an ssl.SSLContext, not {type(ssl_context).__name__}")
        if transport is not None:
            own = [name for name, value in (("ssl_context", ssl_context), ("proxy", proxy.get())) if value is not None]
            if own:
                raise ConfigurationError(f"{own[0]} cannot be used with transport=, which has its own settings")
        method = self._transport_method
        if transport is not None and (isinstance(transport, type) or not hasattr(transport, method)):
            kind = f"the class {transport.__name__}" if isinstance(transport, type) else type(transport).__name__
            raise ConfigurationError(
                f"transport must be an object with {method}(), as {type(self).__name__} calls it, not {kind}"
            )
        network = network_to(self._base_url, ssl_context, proxy, max_connections) if transport is None else None
        self._pool: Final = SharedPool(lambda: open_pool(network), repr(self))
        self._owns_pool = True

    def __init_subclass__(cls) -> None:
        # Tools for language models look at `__doc__` alone, which an override does not inherit.
        for name, method in vars(cls).items():
            if isinstance(method, FunctionType) and not method.__doc__:
                method.__doc__ = getattr(getattr(BaseClient, name, None), "__doc__", None)

    def _set_token(self, token: Secret[Any]) -> None:
        self._token = token
        self._has_one_token = not callable(token.get())

    def __repr__(self) -> str:
        return f"<osvi.{type(self).__name__} of {self._base_url}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} holds connections and a token: make one where it is used")

    def with_options(  # noqa: PLR0913 - options, all by keyword
        self,
        *,
        token: TokenT | None = None,
        timeout: float | None = None,
        total_timeout: float | None = None,
        retries: int | None = None,
        headers: Mapping[str, str | None] | None = None,
        on_answer: Callable[[Answer], object] | None = None,
    ) -> Self:
        """Return a client with other options and the same connections, for one call, for many, or for a tenant.

        Its ``close()`` has no effect, since the connections belong to this client. An option that is None stays as it
        is.

        Args:
            token: Another API token, or a callable that returns it, as of another account.
            timeout: Seconds for each phase of one attempt.
            total_timeout: Seconds for the whole call.
            retries: Attempts after the first.
            headers: Merged with the headers of this client. A header whose value is None is removed.
            on_answer: Called with the `Answer` of each call, instead of the ``on_answer`` of this client.

        Raises:
            ConfigurationError: An option is invalid.
        """
        secret_token, changes = token_secret(token), header_secret(headers)
        del token, headers
        derived = object.__new__(type(self))
        vars(derived).update(vars(self), _owns_pool=False)
        if secret_token.get() is not None:
            derived._set_token(token_source(secret_token, stacklevel=4))
        derived._options = self._options.changed(
            changes, timeout=timeout, total_timeout=total_timeout, retries=retries, on_answer=on_answer
        )
        return derived

    @abstractmethod
    def get_active_session(self, customer_id: str, *, agent_uuid: str) -> Any:
        """Return the active session of a customer with one agent (``GET /v1/chat/session/active``).

        Args:
            customer_id: Your identifier for the customer.
            agent_uuid: The agent whose session to return.

        Raises:
            SessionNotFoundError: The customer has no active session with the agent.
            APIError: The API answered with another error; see `osvi.errors` for the class of each status.
            TransportError: No complete answer arrived; `RequestTimeoutError` if it took too long.
            ContractError: The answer is not one session, or a property does not have its type in ``openapi.yaml``.
            ConfigurationError: An argument is blank or not a string, or the client is closed; nothing was sent.
        """

    @abstractmethod
    def find_active_session(self, customer_id: str, *, agent_uuid: str) -> Any:
        """Return the active session of a customer with one agent. None if there is no such session.

        Only a 404 with the code ``session_not_found`` gives None; an unknown agent or a wrong base URL raises.

        Args:
            customer_id: Your identifier for the customer.
            agent_uuid: The agent whose session to return.

        Raises:
            APIError: The API answered with another error; see `osvi.errors` for the class of each status.
            TransportError: No complete answer arrived; `RequestTimeoutError` if it took too long.
            ContractError: The answer is not one session, or a property does not have its type in ``openapi.yaml``.
            ConfigurationError: An argument is blank or not a string, or the client is closed; nothing was sent.
        """

    @abstractmethod
    def list_active_sessions(self, customer_id: str) -> Any:
        """Return all active sessions of a customer by agent UUID. ``{}`` if the customer has none.

        Args:
            customer_id: Your identifier for the customer.

        Raises:
            APIError: The API answered with an error; see `osvi.errors` for the class of each status.
            TransportError: No complete answer arrived; `RequestTimeoutError` if it took too long.
            ContractError: The answer is not a map of sessions, or a property does not have its type in
                ``openapi.yaml``.
            ConfigurationError: ``customer_id`` is blank or not a string, or the client is closed; nothing was sent.
        """

    @abstractmethod
    def send(self, operation: Operation[T]) -> Any:
        """Send an operation of `osvi.operations`, and return the value of its answer.

        The token, the retries, the limits and the errors are those of the other methods. An operation whose method is
        POST or PATCH is tried again only when nothing was sent.

        Args:
            operation: Made by a function of `osvi.operations`. The value of its ``whole`` is the whole body.

        Raises:
            APIError: The API answered with an error; see `osvi.errors` for the class of each status.
            TransportError: No complete answer arrived; `RequestTimeoutError` if it took too long.
            ContractError: The answer differs from ``openapi.yaml``.
            ConfigurationError: ``operation`` is not an operation, or the client is closed; nothing was sent.
        """

    @abstractmethod
    def request(
        self,
        method: str,
        path: str,
        *,
        path_params: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        json: Any = None,
    ) -> Any:
        """Send a request to an endpoint that ``openapi.yaml`` does not have yet, and return JSON values.

        The token, the retries, the limits, the errors and the logs are those of `send`. The answer is not checked: it
        is the ``data`` of an envelope (an object with ``success`` and ``data``), or else the body; None without a body.

        Args:
            method: "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE" or "OPTIONS".
            path: The path below the base URL, with the names of its parameters in braces: "/v1/calls/{id}". It is in
                errors and logs.
            path_params: The parameters of the path. They are percent-encoded, and are never in logs.
            query: The parameters of the query. A list is sent as one parameter for each item; None is not sent.
            json: The body, of JSON values, models and datetimes. None sends no body, `NULL` the JSON value null.

        Raises:
            APIError: The API answered with an error, or with ``"success": false``.
            TransportError: No complete answer arrived; `RequestTimeoutError` if it took too long.
            ContractError: The body is not JSON.
            ConfigurationError: The path could lead to another host or has other parameters, an argument cannot be
                encoded, or the client is closed; nothing was sent.
        """

    @abstractmethod
    def iter_active_sessions(self, customer_ids: Iterable[str], *, concurrency: int) -> Any:
        """Look up the active sessions of many customers, and yield each result as it arrives, in no fixed order.

        A failed lookup does not stop the others: its result has the error. A 401 stops all lookups, since each would
        get it. A 429 with ``Retry-After`` delays all lookups. After the generator is closed, no lookup begins. `Client`
        then waits for the lookups under way, ``timeout`` seconds at most. `AsyncClient` cancels them; use
        ``contextlib.aclosing``, so that the generator is closed when the loop is left.

        Args:
            customer_ids: Any iterable, also an endless one; for `AsyncClient` also an async one.
            concurrency: The number of lookups at a time, in threads or in asyncio tasks. Each has the retries of this
                client.

        Raises:
            AuthenticationError: The token is missing or wrong.
            ConfigurationError: ``customer_ids`` is one string, ``concurrency`` is not a whole number from 1 up, or the
                event loop is not asyncio's.
        """

    @abstractmethod
    def send_many(self, operations: Iterable[Operation[T]], *, concurrency: int) -> Any:
        """Send many operations, and yield the `Outcome` of each as it arrives, in no fixed order.

        Failures and a closed generator have the same effects as in `iter_active_sessions`.

        Args:
            operations: Any iterable of operations of `osvi.operations`; for `AsyncClient` also an async one.
            concurrency: The number of operations at a time.

        Raises:
            AuthenticationError: The token is missing or wrong.
            ConfigurationError: ``concurrency`` is not a whole number from 1 up, or the event loop is not asyncio's.
        """


def header_secret(headers: Any) -> Secret[Any]:
    """Return the argument ``headers`` as a secret, since tracebacks can show local variables."""
    return Secret({} if headers is None else headers)
