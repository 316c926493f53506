"""What both clients are made of, but for the sending.

What to send and what the answer means is in `_operations`, when to try again in `_calls`.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar

import httpx
import osvi_openapi

from osvi._auth import Secret, TokenAuth
from osvi._calls import Call
from osvi._http import request
from osvi._settings import settings
from osvi.errors import ConfigurationError

if TYPE_CHECKING:
    from osvi._fanout import Gate
    from osvi._operations import Operation

T = TypeVar("T")
Http = TypeVar("Http", httpx.Client, httpx.AsyncClient)


class Base(ABC, Generic[Http]):
    """The settings, the token and the connections of a client."""

    _base_url = "(not made)"  # what a traceback shows of one that could not be

    def __init__(self, token: Secret, **options: Any) -> None:
        self._settings = settings(**options)
        self._base_url = str(self._settings.base_url).rstrip("/")
        # The caller of Client(...) is three frames up from where a warning about the token is given.
        self._auth = TokenAuth(token, self._settings.base_url, stacklevel=3)
        self._http: Http = self._open()
        self._process = os.getpid()

    @abstractmethod
    def _open(self) -> Http:
        """Make the connections, of which there are none yet in this process."""

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
        """Begin a call, with connections that belong to this process."""
        if self._http.is_closed:
            raise ConfigurationError(f"this {type(self).__name__} is closed; make a new one")
        if self._process != os.getpid():
            # After a fork, parent and child would read each other's answers from one socket. The old client is kept:
            # to close its connections is the parent's business.
            self._inherited: Http = self._http
            self._http = self._open()
            self._process = os.getpid()
        return Call(operation, self._settings, gate)

    def _request(self, call: Call[Any]) -> httpx.Request:
        return request(call, self._base_url, self._http.headers)
