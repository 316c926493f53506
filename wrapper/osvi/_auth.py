"""The API token: where it comes from, what it may look like, and the one origin that it goes to.

No attribute and no local variable here or in the clients holds it in the open, but a `Secret` does.
"""

from __future__ import annotations

import inspect
import json
import os
import warnings
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from typing import Any, Final
from urllib.parse import quote

import httpx

from osvi.errors import ConfigurationError

# openapi.yaml, components.securitySchemes.ApiToken: the header, and the length that its description names.
HEADER: Final = "API-Token"
LENGTH: Final = 16
VARIABLE: Final = "OSVI_API_TOKEN"

Token = str | Callable[[], str]
AsyncToken = str | Callable[[], str | Awaitable[str]]


class Secret:
    """A token, or a callable that returns one, where no repr(), vars() or pickle looks: in a closure."""

    __slots__ = ("get", "redact")

    def __init__(self, value: object) -> None:
        forms = _forms(value) if isinstance(value, str) and value else ()

        def redact(data: bytes) -> bytes:
            for form in forms:
                data = data.replace(form, b"[token]")
            return data

        self.get: Final[Callable[[], Any]] = lambda: value
        self.redact: Final = redact
        """Return what a server sent, with the token replaced, as it is or escaped for JSON or a URL."""


def _forms(token: str) -> set[bytes]:
    escaped = json.dumps(token)[1:-1]
    return {form.encode() for form in (token, escaped, escaped.replace("/", "\\/"), quote(token, safe=""))}


class TokenAuth(httpx.Auth):
    """Puts the token on requests to one origin, and on no other; asks a callable for it again each time.

    Raises:
        ConfigurationError: there is no token, or a string that can be none.
    """

    def __init__(self, given: Secret, base_url: httpx.URL, stacklevel: int) -> None:
        if given.get() is None:
            given = Secret(os.environ.get(VARIABLE) or None)
            if given.get() is None:
                raise ConfigurationError(f"no API token: set {VARIABLE}, or pass one to the client")
        self._given: Final = given
        self._origin: Final = _origin(base_url)
        self._constant: Final = not callable(given.get())
        if self._constant:
            _verify(given, stacklevel + 1)

    def token(self) -> Secret:
        """Return the token for one request of the sync client.

        Raises:
            ConfigurationError: the callable returned no usable token. What it raises itself goes through.
        """
        if self._constant:
            return self._given
        token = Secret(self._given.get()())
        _verify(token)
        return token

    async def atoken(self) -> Secret:
        """Return the token for one request of the async client, like `token`; the callable may be async."""
        if self._constant:
            return self._given
        token = Secret(self._given.get()())
        if inspect.isawaitable(token.get()):
            token = Secret(await token.get())
        _verify(token)
        return token

    # For the generated operations, which send through httpx by themselves.

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Put the token on a request of ``client.generated`` to our origin."""
        if _origin(request.url) == self._origin:
            request.headers[HEADER] = self.token().get()
        yield request

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Put the token on a request of ``client.generated`` to our origin."""
        if _origin(request.url) == self._origin:
            request.headers[HEADER] = (await self.atoken()).get()
        yield request


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _verify(token: Secret, stacklevel: int = 2) -> None:
    """Raise a `ConfigurationError` unless the token can be one; it is never a local: tracebacks show those."""
    if problem := _problem(token.get()):
        if inspect.iscoroutine(token.get()):
            token.get().close()  # or Python would warn that it was never awaited
        raise ConfigurationError(f"the API token {problem}")
    if (length := len(token.get())) != LENGTH:
        message = f"the API token has {length} characters, where the documentation speaks of {LENGTH}"
        warnings.warn(message, stacklevel=stacklevel + 1)


def _problem(token: object) -> str | None:
    if inspect.isawaitable(token):
        return "comes from an async callable, which only AsyncClient can await"
    if not isinstance(token, str):
        return f"must be a string, not {type(token).__name__}"
    if not token.strip():
        return "is blank"
    if not token.isascii():
        return "holds a character that is not ASCII"
    if any(character.isspace() or not character.isprintable() for character in token):
        return "holds white space or a control character (a line end, from the file that it was read from?)"
    return None
