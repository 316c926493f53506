"""The API token: its source, its checks, and `Secret`, which hides it.

Every attribute and local variable of the package that keeps a token keeps it in a `Secret`.
"""

from __future__ import annotations

import inspect
import json
import os
import warnings
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final, Generic, TypeVar
from urllib.parse import quote

from osvi.errors import ConfigurationError

LENGTH: Final = 16  # openapi.yaml, the description of the security scheme
VARIABLE: Final = "OSVI_API_TOKEN"

Token = str | Callable[[], str]
AsyncToken = str | Callable[[], str | Awaitable[str]]
V = TypeVar("V")


class Secret(Generic[V]):
    """Hides a value in a closure, where repr(), vars() and pickle do not find it.

    Args:
        value: The value.
        texts: The strings that `redact` replaces.
        label: The replacement.
    """

    __slots__ = ("get", "redact")

    def __init__(self, value: V, texts: Iterable[str] = (), label: str = "[token]") -> None:
        forms = [form for text in texts for form in _forms(text)]
        replacement = label.encode()

        def redact(data: bytes) -> bytes:
            for form in forms:
                data = data.replace(form, replacement)
            return data

        self.get: Final[Callable[[], V]] = lambda: value
        self.redact: Final = redact
        """Return bytes with the texts replaced, plain or escaped for JSON or a URL."""


def _forms(text: str) -> set[bytes]:
    escaped = json.dumps(text)[1:-1]
    return {form.encode() for form in (text, escaped, escaped.replace("/", "\\/"), quote(text, safe="")) if form}


def token_secret(value: Any) -> Secret[Any]:
    """Return a token, or a callable that returns one, as a `Secret`."""
    return Secret(value, [value] if isinstance(value, str) else [])


class TokenSource:
    """Returns the token for each attempt. A callable is called again for each.

    Raises:
        ConfigurationError: There is no token, or the string is not a valid token.
    """

    def __init__(self, given: Secret[Any], stacklevel: int) -> None:
        if given.get() is None:
            given = token_secret(os.environ.get(VARIABLE) or None)
            if given.get() is None:
                raise ConfigurationError(f"no API token: set {VARIABLE}, or pass one to the client")
        self._given: Final = given
        self._is_constant: Final = not callable(given.get())
        if self._is_constant:
            _verify(given, stacklevel + 1)

    def token(self) -> Secret[str]:
        """Return the token for an attempt of the sync client.

        Raises:
            ConfigurationError: The callable did not return a valid token. Its own exceptions pass through.
        """
        if self._is_constant:
            return self._given
        token = token_secret(self._given.get()())
        _verify(token)
        return token

    async def token_async(self) -> Secret[str]:
        """Return the token for an attempt of the async client; the callable may return an awaitable."""
        if self._is_constant:
            return self._given
        token = token_secret(self._given.get()())
        if inspect.isawaitable(token.get()):
            token = token_secret(await token.get())
        _verify(token)
        return token


def _verify(token: Secret[Any], stacklevel: int = 2) -> None:
    if problem := _problem(token.get()):
        if inspect.iscoroutine(token.get()):
            token.get().close()  # or Python would warn that it was never awaited
        raise ConfigurationError(f"the API token {problem}")
    if (length := len(token.get())) != LENGTH:
        message = f"the API token has {length} characters; the documentation says {LENGTH}"
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
