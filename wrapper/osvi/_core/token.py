"""The API token: its source, its checks, and `Secret`, which hides it.

An attribute of the package, and a local variable of a function that can raise, holds a token only in a `Secret`.
"""

from __future__ import annotations

import inspect
import os
import re
import warnings
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final, Generic, TypeVar

from osvi._core.redaction import spellings
from osvi.errors import ConfigurationError

LENGTH: Final = 16  # openapi.yaml, the description of the security scheme
VARIABLE: Final = "OSVI_API_TOKEN"

Token = str | Callable[[], str]
AsyncToken = str | Callable[[], str | Awaitable[str]]
V = TypeVar("V")


class Secret(Generic[V]):
    """Hides a value in a closure, so that repr(), vars() and pickle do not show it.

    Args:
        value: The value.
        texts: The strings that `redact` replaces.
        label: The replacement.
    """

    __slots__ = ("get", "redact")

    def __init__(self, value: V, texts: Iterable[str] = (), label: str = "[token]") -> None:
        self.get: Final[Callable[[], V]] = lambda: value
        self.redact: Final[Callable[[bytes], bytes]] = _redactor(texts, label.encode()) if texts else bytes
        """Return bytes with the texts replaced, plain or escaped for JSON, HTML or a URL."""


def _redactor(texts: Iterable[str], replacement: bytes) -> Callable[[bytes], bytes]:
    # The longest part that no encoding changes is looked for first: a pattern would read a large body more slowly.
    parts = [(text, max(re.findall("[0-9A-Za-z]*", text), key=len).encode()) for text in texts]

    def redact(data: bytes) -> bytes:
        for text, part in parts:
            if part in data:
                data = re.sub(spellings(text).encode(), replacement, data)
        return data

    return redact


def token_secret(value: Any) -> Secret[Any]:
    """Return a token, or a callable that returns one, as a `Secret`."""
    # Text that is not ASCII may have no encoding, and is not a valid token.
    return Secret(value, [value] if isinstance(value, str) and value.isascii() else [])


def token_source(given: Secret[Any], stacklevel: int = 5) -> Secret[Any]:
    """Return the token of a client, or the callable that returns it.

    Args:
        given: The token, or a callable that returns it. None stands for the environment variable.
        stacklevel: The frames up to the one to which a warning points: the line of the user.

    Raises:
        ConfigurationError: There is no token, or the string is not a valid token.
    """
    source = token_secret(os.environ.get(VARIABLE) or None) if given.get() is None else given
    if source.get() is None:
        raise ConfigurationError(f"no API token: set {VARIABLE}, or pass one to the client")
    return source if callable(source.get()) else _verified(source, stacklevel)


def current_token(source: Secret[Any]) -> Secret[str]:
    """Return the token of a callable for an attempt of the sync client.

    Raises:
        ConfigurationError: The callable did not return a valid token. Its own exceptions pass through.
    """
    return _verified(token_secret(source.get()()))


async def current_token_async(source: Secret[Any]) -> Secret[str]:
    """Return the token of a callable, which may return an awaitable, for an attempt of the async client.

    Raises:
        ConfigurationError: The callable did not return a valid token. Its own exceptions pass through.
    """
    token = token_secret(source.get()())
    if inspect.isawaitable(token.get()):
        token = token_secret(await token.get())
    return _verified(token)


def _verified(token: Secret[Any], stacklevel: int = 3) -> Secret[str]:
    if problem := _problem(token.get()):
        if inspect.iscoroutine(token.get()):
            token.get().close()  # otherwise Python would warn that it was never awaited
        raise ConfigurationError(f"the API token {problem}")
    if (length := len(token.get())) != LENGTH:
        message = f"the API token has {length} characters; the documentation says {LENGTH}"
        warnings.warn(message, stacklevel=stacklevel)
    return token


def _problem(token: object) -> str | None:
    if inspect.isawaitable(token):
        return "comes from an async callable, which only AsyncClient can await"
    if not isinstance(token, str):
        return f"must be a string, not {type(token).__name__}"
    if not token.strip():
        return "is blank"
    if not token.isascii():
        return "holds a character that is not ASCII"
    if not re.fullmatch("[!-~]+", token):
        return "holds white space or a control character (a line end, from the file that it was read from?)"
    return None
