"""Operations: the request of a call, and the readers of its answers. This module does no I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, TypeVar, cast

import attrs

from .arguments import argument_json, header_text, is_array, json_bytes, path_text, private_texts, query_text, quoted
from .errors import MISSING, Drift, InvalidDataError, Path, refuse
from .lazy import complete_init
from .readers import Anything, Reader
from .readonly import EMPTY
from .records import Record
from .tables import table

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")
W_co = TypeVar("W_co", covariant=True)

# Stands for the body of an answer that has none.
NO_BODY: Final[Any] = MISSING

_USUAL_PROPERTIES: Final = {"success", "data"}  # those of most envelopes


class Data(Reader[T]):
    """Reads an envelope, an object with ``success`` and ``data``, and returns its data."""

    def __init__(self, envelope: Record[Any], data: Reader[T]) -> None:
        super().__init__("a JSON object", "JSON objects", dict)
        self.envelope = envelope
        self.data = data

    def read(self, value: Any, path: Path, drift: Drift) -> T:
        return self.read_with(self.data.read, value, path, drift)

    def read_with(self, read_data: Callable[[Any, Path, Drift], U], value: Any, path: Path, drift: Drift) -> U:
        """Read an envelope, and its data by ``read_data``. `MISSING` stands for absent data."""
        if type(value) is not dict:
            refuse(value, self.expected, path)
        others = table(self.envelope.cls, "data")  # the table without the property ``data``
        if (
            value.keys() == _USUAL_PROPERTIES
            and type(value["success"]) is bool
            and others.required.keys() <= _USUAL_PROPERTIES
        ):
            return read_data(value["data"], (*path, "data"), drift)
        if value.get("success", True) is None:  # an absent ``success`` means success, so null does not count as absent
            refuse(None, "a boolean", (*path, "success"))
        others.read({name: item for name, item in value.items() if name != "data"}, path, drift)
        return read_data(value.get("data", MISSING), (*path, "data"), drift)


@attrs.frozen(slots=False, repr=False)
class Operation(Generic[T_co]):
    """An operation of the API with its arguments: the request, and the readers of the answers.

    Attributes:
        url: The path and the query, percent-encoded, to be appended to a base URL.
        headers: The arguments that are headers, and ``Content-Type`` if there is a body.
        content: The body. None for a request without one.
    """

    _endpoint: Endpoint[T_co, Any]
    url: str
    headers: Mapping[str, str]
    content: bytes | None
    _arguments: tuple[Any, ...]
    _answers: Mapping[str, Reader[T_co]]
    _read_data: Callable[[Any, Path, Drift], T_co] | None = None

    def __repr__(self) -> str:
        return f"<operation {self.name}>"  # the arguments may be private

    @property
    def name(self) -> str:
        """The method and the path, as in the spec: "GET /v1/chat/session/active"."""
        return self._endpoint.name

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self._endpoint.method

    @property
    def errors(self) -> tuple[str, ...]:
        """The statuses that the spec declares for errors."""
        return self._endpoint.errors

    @property
    def private_texts(self) -> list[tuple[str, str]]:
        """The texts of the arguments, which messages and logs must not contain, each after the name of its argument.

        Arguments in different places, such as the path and the body, may have the same name.
        """
        *parameters, body = self._arguments
        mappings = (*parameters, body if isinstance(body, Mapping) else {"body": body})
        return [pair for mapping in mappings for pair in private_texts(mapping)]

    @property
    def is_idempotent(self) -> bool:
        """Whether sending it twice has the same effect as sending it once (RFC 9110, 9.2.2)."""
        return self.method not in {"POST", "PATCH"}

    @property
    def whole(self) -> Operation[Any]:
        """The same operation with the whole body of the answer as its value."""
        answers = {
            status: reader.envelope if isinstance(reader, Data) else reader for status, reader in self._answers.items()
        }
        return attrs.evolve(self, answers=answers)

    def with_data(self, read: Callable[[Any, Path, Drift], U]) -> Operation[U]:
        """Return the same operation with another function that reads ``data``. `MISSING` stands for absent data."""
        other: Operation[U] = object.__new__(type(cast("Operation[U]", self)))
        vars(other).update(vars(self), _read_data=read)  # attrs.evolve() would take as long as the whole operation
        return other

    def read(self, status: int, body: Any, drift: Drift) -> T_co:
        """Return the value of an answer.

        Args:
            status: The HTTP status.
            body: The JSON value of the body, or `NO_BODY`.
            drift: Gets the places where the body differs from the spec and is still usable.

        Raises:
            InvalidDataError: The body differs from the spec.
            ValueError: The status is that of an error.
        """
        reader = self.reader(status)
        if reader is None:
            raise ValueError(f"{self.name} has no success with the status {status}")
        if self._read_data is not None and isinstance(reader, Data):
            return reader.read_with(self._read_data, body, (), drift)
        return reader.read(body, (), drift)

    def reader(self, status: int) -> Reader[T_co] | None:
        """Return the reader of the answer with a status: `Nothing` if it has no body, None if it is an error."""
        if not 200 <= status <= 299:  # noqa: PLR2004
            return None
        answers = self._answers
        return answers.get(str(status)) or answers.get(f"{status // 100}XX") or answers.get("default")


class Enveloped(Operation[T_co], Generic[T_co, W_co]):
    """An operation whose answer is an envelope. Its value is the ``data`` of the envelope."""

    @property
    def whole(self) -> Operation[W_co]:
        return super().whole


@attrs.frozen(eq=False, repr=False)
class Endpoint(Generic[T_co, W_co]):
    """An operation of the spec, without arguments.

    Attributes:
        method: The HTTP method.
        path: The path, with its parameters in braces.
        answers: The readers of the successful answers by their statuses.
        errors: The statuses that the spec declares for errors.
        styles: The styles of the arguments that are arrays or objects; see `query_text`.
        content_type: The type of the body.
        body: The reader of a body.
        extra: The reader of the properties that the spec does not declare, for a body that may have them.
    """

    method: str
    path: str
    answers: Mapping[str, Reader[T_co]]
    errors: tuple[str, ...] = ()
    styles: Mapping[str, str] = EMPTY
    content_type: str = "application/json"
    body: Reader[Any] = Anything
    extra: Reader[Any] = Anything

    @property
    def name(self) -> str:
        """The method and the path, as in the spec: "GET /v1/chat/session/active"."""
        return f"{self.method} {self.path}"

    def operation(  # noqa: PLR0913 - the parts of a request
        self,
        *,
        path: Mapping[str, Any] = EMPTY,
        query: Mapping[str, Any] = EMPTY,
        headers: Mapping[str, Any] = EMPTY,
        body: Any = None,
        optional_body: Mapping[str, Any] = EMPTY,
        extra: Mapping[str, Any] | None = None,
    ) -> Enveloped[T_co, W_co]:
        """Return the operation with arguments. An argument that is None is not sent; `NULL` is sent as null.

        Args:
            path: The arguments in the path, by their names in the spec.
            query: The arguments in the query.
            headers: The arguments that are headers.
            body: The body, or the properties of a required body.
            optional_body: The properties of an optional body, which is not sent if all of them are None.
            extra: The properties of the body that the spec does not declare.

        Raises:
            InvalidDataError: An argument cannot be sent. The path of the error is its name.
        """
        if body is None and (extra or any(value is not None for value in optional_body.values())):
            body = optional_body
        content = None if body is None else argument_json(body, self.body)
        if extra and content is not None:
            declared = self.body.table.properties.keys() if isinstance(self.body, Record) else ()
            for name in sorted(extra.keys() & declared):
                expected = "a property that the spec does not declare"
                raise InvalidDataError(expected, "one that it declares", ("extra", name))
            content |= argument_json(extra, self.extra)
        url = self.path
        for name, value in path.items():
            items = self._items(name, value)
            url = url.replace(f"{{{name}}}", ",".join(quoted(path_text(name, item)) for item in items))
        if text := query_text(query, self.styles):
            # Some vendors tell operations of one path apart by a query.
            url = f"{url}{'&' if '?' in self.path else '?'}{text}"
        texts = {
            name: ",".join(header_text(name, item) for item in self._items(name, value))
            for name, value in headers.items()
            if value is not None
        }
        return Enveloped(
            self,
            url,
            texts if body is None else {**texts, "Content-Type": self.content_type},
            None if body is None else json_bytes(content),
            (path, query, headers, extra or EMPTY, body),
            self.answers,
        )

    def _items(self, name: str, value: Any) -> Any:
        """Return the items of an argument in the path or in a header, which has only one unless it is an array."""
        return value if self.styles.get(name) == "simple" and is_array(value) else (value,)


complete_init(Operation)  # its annotations name Endpoint
