"""What both clients are made of, but for the sending.

What to send and what the answer means is in `_operations`, when to try again in `_calls`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar

import httpx
import osvi_openapi

from osvi._auth import Secret, TokenAuth
from osvi._calls import Call
from osvi._http import apin, pin, request, wire
from osvi._settings import build, settings
from osvi.errors import ConfigurationError

if TYPE_CHECKING:
    import asyncio

    from osvi._fanout import Gate
    from osvi._operations import Operation

T = TypeVar("T")
Http = TypeVar("Http", httpx.Client, httpx.AsyncClient)


class Base(Generic[Http]):
    """The settings, the token and the connections of a client."""

    def __init__(
        self,
        kind: type[Http],
        token: Secret,
        transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None,
        **options: Any,
    ) -> None:
        self._settings = settings(**options)
        self._base_url = str(self._settings.base_url).rstrip("/")
        # The caller of Client(...) is three frames up from where a warning about the token is given.
        self._auth = TokenAuth(token, self._settings.base_url, stacklevel=3)
        self._kind: type[Http] = kind
        self._is_async = hasattr(kind, "aclose")
        self._transport = transport
        self._loop: asyncio.AbstractEventLoop | None = None
        self._open()

    def _open(self) -> None:
        hook = apin if self._is_async else pin
        self._http: Http = build(
            self._kind, self._settings, auth=self._auth, transport=self._transport, event_hooks={"response": [hook]}
        )
        if self._transport is None and not self._is_async:
            from osvi._sockets import limit_reads  # noqa: PLC0415 - httpcore, which httpx too loads as late as this

            limit_reads(self._http)
        self._wire: Any = wire(self._http, self._settings.base_url)
        # aiohttp's, which can do without httpx between it and us.
        self._direct: Any = self._wire if getattr(self._wire, "is_direct", False) else None
        self._process = os.getpid()

    _base_url = "(not made)"  # what a traceback shows of one that could not be

    def __repr__(self) -> str:
        return f"<osvi.{type(self).__name__} of {self._base_url}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} holds connections and a token: make one where it is used")

    @property
    def generated(self) -> osvi_openapi.Client:
        """The generated client, configured with this one's connections and token, for any operation of the spec.

        ``osvi_openapi.api`` has a module for each. Its functions know nothing of retries, of `osvi.errors` or of what
        the generated models get wrong. They are not part of this package's promise of stability.
        """
        # httpx_args are for the other kind of httpx client: the generated one makes it when it is asked for it.
        client = osvi_openapi.Client(
            base_url=self._base_url,
            timeout=httpx.Timeout(self._settings.timeout),
            headers=dict(self._http.headers),
            httpx_args={"auth": self._auth},
        )
        if isinstance(self._http, httpx.Client):
            return client.set_httpx_client(self._http)
        return client.set_async_httpx_client(self._http)

    def _call(self, operation: Operation[T], gate: Gate | None) -> Call[T]:
        """Begin a call, with connections that belong to this process and this event loop."""
        if self._http.is_closed:
            raise ConfigurationError(f"this {type(self).__name__} is closed; make a new one")
        if self._process != os.getpid():
            # After a fork, parent and child would read each other's answers from one socket. The old client is kept:
            # to close its connections is the parent's business.
            self._inherited: Http = self._http
            self._loop = None
            self._open()
        if self._is_async:
            self._check_loop()
        return Call(operation, self._settings, gate)

    def _check_loop(self) -> None:
        import asyncio  # noqa: PLC0415 - loaded by now; those who only use Client need not wait for it

        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # trio, which has one loop for a thread
            return
        if self._loop is None:
            self._loop = loop
        elif self._loop is not loop:
            raise ConfigurationError(
                "this AsyncClient has been used in another event loop, to which its connections belong; "
                "make one for each loop (or use Client)"
            )

    def _request(self, call: Call[Any]) -> httpx.Request:
        return request(call, self._base_url, self._http.headers)
