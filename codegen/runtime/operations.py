"""What a call sends, and what its answer means. Pure: nothing here knows the network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, TypeVar, cast
from urllib.parse import quote

import attrs

from .arguments import header_text, is_array, json_bytes, path_text, strings, text
from .errors import MISSING, Drift, Path, refuse
from .models import Model, Record, table
from .readers import Reader
from .readonly import EMPTY

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")
M = TypeVar("M", bound=Model)
W_co = TypeVar("W_co", covariant=True)

# Stands for the body of an answer that has none.
NO_BODY: Final[Any] = MISSING


class Answer(Generic[T_co, W_co]):
    """How the body of a good answer is read: as a ``T_co``; the whole of it is a ``W_co``."""

    def read(self, body: Any, drift: Drift) -> T_co:
        """Return what the body means.

        Raises:
            InvalidDataError: it is not what the spec says.
        """
        raise NotImplementedError

    @property
    def whole(self) -> Answer[W_co, W_co]:
        """The same, with the whole body as its value."""
        raise NotImplementedError


@attrs.frozen
class Body(Answer[T, T]):
    """The body is the value."""

    reader: Reader[T]

    def read(self, body: Any, drift: Drift) -> T:
        if body is NO_BODY:
            refuse(body, self.reader.expected)
        return self.reader.read(body, (), drift)

    @property
    def whole(self) -> Answer[T, T]:
        return self


@attrs.frozen
class Data(Answer[T, M]):
    """The body is an envelope, with ``success`` and ``data``; the data are the value."""

    envelope: Record[M]
    reader: Reader[T]

    def read(self, body: Any, drift: Drift) -> T:
        return self.read_data(_data(self.envelope.cls, body, drift), ("data",), drift)

    def read_data(self, value: Any, path: Path, drift: Drift) -> T:
        """Read the data: `NO_BODY` where there are none."""
        if value is NO_BODY:
            refuse(value, self.reader.expected, path)
        return self.reader.read(value, path, drift)

    @property
    def whole(self) -> Answer[M, M]:
        return Body(self.envelope)


@attrs.frozen
class _OtherData(Answer[T, M]):
    """The same envelope, with its data read by something else."""

    envelope: Record[M]
    read_data: Callable[[Any, Path, Drift], T]

    def read(self, body: Any, drift: Drift) -> T:
        return self.read_data(_data(self.envelope.cls, body, drift), ("data",), drift)

    @property
    def whole(self) -> Answer[M, M]:
        return Body(self.envelope)


class NoContent(Answer[None, None]):
    """The answer has no body."""

    def read(self, body: Any, drift: Drift) -> None:
        """Return None, whatever came."""

    @property
    def whole(self) -> Answer[None, None]:
        return self


def _data(cls: type[Model], body: Any, drift: Drift) -> Any:
    """Check an envelope, and return its data."""
    if type(body) is not dict:
        refuse(body, "an object")
    table(cls).without_data.read({name: value for name, value in body.items() if name != "data"}, (), drift)
    return body.get("data", NO_BODY)


@attrs.frozen(kw_only=True)
class Operation(Generic[T_co]):
    """One call of the API: what is sent, and how the answer is read.

    Attributes:
        name: The method and the path, as in the spec: "GET /v1/chat/session/active".
        method: The HTTP method.
        url: The path and the query, percent-encoded, to be put behind a base URL.
        headers: The headers that carry arguments, and the body's type.
        content: The body. None for a request without one.
        private: What the caller passed, by the names of the arguments: for keeping it out of messages and log records.
        errors: The statuses that the spec gives to errors.
    """

    name: str
    method: str
    url: str = attrs.field(repr=False)
    headers: Mapping[str, str] = attrs.field(repr=False)
    content: bytes | None = attrs.field(repr=False)
    private: Mapping[str, str] = attrs.field(repr=False)
    errors: tuple[str, ...] = attrs.field(repr=False)
    _answers: Mapping[str, Answer[T_co, Any]] = attrs.field(repr=False, alias="answers")

    @property
    def is_idempotent(self) -> bool:
        """Whether to send it twice does no more than to send it once (RFC 9110)."""
        return self.method not in {"POST", "PATCH"}

    @property
    def whole(self) -> Operation[Any]:
        """The same operation, with the whole body of the answer as its value."""
        return attrs.evolve(self, answers={status: answer.whole for status, answer in self._answers.items()})

    def with_data(self, read: Callable[[Any, Path, Drift], U]) -> Operation[U]:
        """Return the same operation, with the ``data`` of its envelope read by ``read``.

        ``read`` gets `NO_BODY` where there are no data.
        """
        answers = {
            status: _OtherData(answer.envelope, read) if isinstance(answer, Data) else answer
            for status, answer in self._answers.items()
        }
        return cast("Operation[U]", attrs.evolve(cast("Operation[Any]", self), answers=answers))

    def accepts(self, status: int) -> bool:
        """Tell whether an answer of this status is a good one that `read` understands."""
        return self._answer(status) is not None

    def read(self, status: int, body: Any, drift: Drift) -> T_co:
        """Return what an answer means; ``body`` is its JSON value, or `NO_BODY`.

        Raises:
            InvalidDataError: it is not what the spec says.
            ValueError: `accepts` is false for the status.
        """
        answer = self._answer(status)
        if answer is None:
            raise ValueError(f"{self.name} has no good answer with the status {status}")
        return answer.read(body, drift)

    def _answer(self, status: int) -> Answer[T_co, Any] | None:
        keys = (str(status), f"{status // 100}XX", "default") if 200 <= status <= 299 else ()  # noqa: PLR2004
        return next((self._answers[key] for key in keys if key in self._answers), None)


@attrs.frozen(kw_only=True)
class Enveloped(Operation[T_co], Generic[T_co, W_co]):
    """An operation whose value is the ``data`` of an envelope."""

    @property
    def whole(self) -> Operation[W_co]:
        return super().whole


@attrs.frozen
class Endpoint(Generic[T_co, W_co]):
    """What the spec says of an operation.

    Attributes:
        method: The HTTP method.
        path: The path, with the parameters in braces.
        answers: How the good answers are read, by their statuses.
        errors: The statuses that the spec gives to errors.
    """

    method: str
    path: str
    answers: Mapping[str, Answer[T_co, W_co]]
    errors: tuple[str, ...] = ()

    def call(
        self,
        *,
        path: Mapping[str, Any] = EMPTY,
        query: Mapping[str, Any] = EMPTY,
        headers: Mapping[str, Any] = EMPTY,
        body: Any = None,
        optional_body: Mapping[str, Any] = EMPTY,
    ) -> Enveloped[T_co, W_co]:
        """Return the operation with these arguments, by their names in the spec. One that is None is not sent.

        Raises:
            InvalidDataError: an argument cannot be sent; the place is its name.
        """
        if any(value is not None for value in optional_body.values()):
            body = optional_body
        url = self.path
        for name, value in path.items():
            url = url.replace(f"{{{name}}}", quote(path_text(name, value), safe=""))
        pairs = [(name, one) for name, value in query.items() for one in (value if is_array(value) else [value])]
        texts = [f"{quote(name, safe='')}={quote(text(name, one), safe='')}" for name, one in pairs if one is not None]
        sent = {name: header_text(name, value) for name, value in headers.items() if value is not None}
        passed = {**path, **query, **headers, **(body if isinstance(body, Mapping) else {"body": body})}
        return Enveloped(
            name=f"{self.method} {self.path}",
            method=self.method,
            url="?".join([url, "&".join(texts)] if texts else [url]),
            headers=sent if body is None else {**sent, "Content-Type": "application/json"},
            content=None if body is None else json_bytes(body),
            private=dict(strings(passed)),
            errors=self.errors,
            answers=self.answers,
        )
