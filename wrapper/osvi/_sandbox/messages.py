"""What comes to a sandbox, and what it answers."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from itertools import repeat
from typing import Any

import attrs
from osvi_openapi.runtime import EMPTY

from osvi._transport.mock import Reply


class Headers(Mapping[str, str]):
    """Headers, found by their names in any case."""

    def __init__(self, by_lower_name: Mapping[str, str]) -> None:
        self._by_name = by_lower_name

    def __getitem__(self, name: str) -> str:
        return self._by_name[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def __repr__(self) -> str:
        return repr(self._by_name)


@attrs.frozen
class RecordedRequest:
    """A request that reached the sandbox.

    Attributes:
        method: The HTTP method.
        path: The path, as it came: percent-encoded, without the query.
        params: The query parameters, decoded; of a repeated one, the last.
        authenticated: Whether it carried the sandbox's token. The token itself is not kept.
        content: The body, as it came; empty when there was none.
        operation: The operation of the spec that it asks for, such as "GET /v1/chat/session/active". None when there
            is none with its method and path.
        path_params: The parameters in the path, decoded.
        query: The query parameters, decoded, in the order in which they came: the repeated ones too.
        headers: The headers without the token's, by their names in any case.
        json: The body, read as JSON. None when there was none.
    """

    method: str
    path: str
    params: Mapping[str, str]
    authenticated: bool
    content: bytes = b""
    operation: str | None = attrs.field(default=None, eq=False)
    path_params: Mapping[str, str] = attrs.field(default=EMPTY, eq=False)
    query: tuple[tuple[str, str], ...] = attrs.field(default=(), eq=False)
    headers: Mapping[str, str] = attrs.field(default=EMPTY, eq=False, repr=False)

    @property
    def json(self) -> Any:
        """The body, read as JSON. None when there was none.

        Raises:
            ValueError: It is no JSON.
        """
        return json.loads(self.content) if self.content else None

    def texts(self, location: str, name: str) -> list[str]:
        """Return the values of a parameter in "path", "query" or "header"; an empty one counts as absent."""
        pairs = {"path": self.path_params.items(), "query": self.query, "header": self.headers.items()}
        key = name.lower() if location == "header" else name
        return [value for other, value in pairs.get(location, ()) if other == key and value]


Answer = Callable[[RecordedRequest], Reply]
Body = bytes | str | Mapping[str, Any] | list[Any]


def refusal(status: int, code: str, message: str = "", **headers: str) -> Reply:
    """Return an error of the API."""
    body = {"success": False, "error": code} | ({"message": message} if message else {})
    return reply(body, status, **headers)


def reply(body: Body, status: int = 200, **headers: str) -> Reply:
    """Return an answer with a body as it is: bytes and a text pass for HTML, anything else becomes JSON.

    Raises:
        ValueError: The status is none that an answer can have.
    """
    if status not in range(200, 600):
        raise ValueError(f"a status is a number from 200 to 599, not {status!r}")
    if isinstance(body, bytes | str):
        return Reply(status, body if isinstance(body, bytes) else body.encode(), {"Content-Type": "text/html"})
    return Reply(status, json.dumps(body).encode(), {"Content-Type": "application/json", **headers})


class Plan:
    """Answers to give: first those that are given so many times, in their order, then the one without an end."""

    def __init__(self) -> None:
        self._next: deque[Answer] = deque()
        self._last: Answer | None = None

    def add(self, answer: Answer, times: int | None) -> None:
        """Add an answer; ``times`` is None for one without an end, which replaces any other."""
        if times is None:
            self._last = answer
        else:
            self._next.extend(repeat(answer, times))

    def take(self) -> Answer | None:
        """Return the answer that is due, None when there is none."""
        return self._next.popleft() if self._next else self._last
