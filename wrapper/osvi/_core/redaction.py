"""Answers and texts without what is private: the token, the headers of the user, and the arguments of an operation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import attrs
from httpx import Headers

from osvi._core.token import Secret

if TYPE_CHECKING:
    from osvi_runtime import Operation

    from osvi._core.http import Response

_SHORTEST_NUMBER: Final = 6  # digits


def redact_arguments(private: Iterable[tuple[str, str]], text: str) -> str:
    """Return a text in which the values of arguments, such as phone numbers, are replaced by their names."""
    for name, value in private:
        bare = value.lstrip("+")  # a server may take the plus for a space; a few digits can be another number
        forms = [value, quote(value, safe=""), *([bare] if len(bare) >= _SHORTEST_NUMBER else [])]
        forms = [form for form in forms if form.strip()]
        if forms:  # an empty pattern would match everywhere
            alternatives = "|".join(map(re.escape, forms))
            # A key of a mapping may have a backslash, which would be an escape.
            replacement = f"[{name}]".replace("\\", r"\\")
            text = re.sub(rf"(?<![0-9A-Za-z])(?:{alternatives})(?![0-9A-Za-z])", replacement, text)
    return text


class Head:
    """The status and the headers of a response, without the secrets that the server repeats."""

    def __init__(self, response: Response, *secrets: Secret[Any]) -> None:
        self.status: Final = response.status
        self._raw_headers: Final = Secret(response.headers)
        self._secrets: Final = secrets

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """The headers, by their names in any case. They are made on demand, since most are never read."""
        headers = self._raw_headers.get()
        for secret in self._secrets:
            headers = [(name, secret.redact(value)) for name, value in headers]
        return Headers(list(headers))

    def request_id(self, operation: Operation[Any]) -> str | None:
        """Return the server's ``X-Request-Id``, without the arguments of the operation. None if it sent none."""
        value = self.headers.get("x-request-id")
        return redact_arguments(operation.private_texts, value) if value else None


@attrs.frozen(eq=False, repr=False)
class RedactedResponse:
    """A response without the token.

    Attributes:
        head: The status and the headers.
        body: The body. If the server repeats the token, it is replaced.
        unreadable: A description of a body that could not be read. Empty if it could be read.
        redact: Replaces the headers of the user in the text of an error. Values are read without replacements.
    """

    head: Head
    body: bytes
    unreadable: str = ""
    redact: Callable[[bytes], bytes] = bytes

    @property
    def text(self) -> str:
        """The body, for an error. U+FFFD replaces bytes that are not UTF-8."""
        return self.redact(self.body).decode("utf-8", "replace")
