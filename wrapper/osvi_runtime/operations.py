"""Operations: the request of a call, and the readers of its answers. This module does no I/O."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, Generic, TypeVar, cast

import attrs

from .annotations import hints, reader_of, without_none
from .anything import Anything
from .arguments import header_text, path_text, private_texts, query_pairs
from .drift import Drift
from .errors import MISSING, InvalidDataError, Path, refuse
from .lazy import complete_init
from .readers import AnyOf, Map, Nothing, Null, Reader
from .readonly import EMPTY
from .records import Record

T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")
W_co = TypeVar("W_co", covariant=True)

# Stands for the body of an answer that has none.
NO_BODY: Final[Any] = MISSING

# Where no successful answer is declared.
_UNDECLARED: Final = {"2XX": AnyOf(Anything, Nothing)}

_USUAL_PROPERTIES: Final = {"success", "data"}  # those of most envelopes


class Data(Reader):
    """Reads an envelope, an object with ``success`` and ``data``, and returns its data."""

    def __init__(self, envelope: Record[Any]) -> None:
        super().__init__("a JSON object", dict)
        self.envelope = envelope
        self.others = Record(envelope.cls, without="data")

    def read(
        self, value: Any, path: Path, drift: Drift, read_data: Callable[[Any, Path, Drift], Any] | None = None
    ) -> Any:
        """Return the data of an envelope, read by ``read_data`` if given. `MISSING` stands for absent data."""
        if type(value) is not dict:
            refuse(value, self.kind(), path)
        read_data, place = read_data or self._read_data, (*path, "data")
        if (
            value.keys() == _USUAL_PROPERTIES
            and type(value["success"]) is bool
            and self.envelope.required.keys() <= _USUAL_PROPERTIES
        ):
            return read_data(value["data"], place, drift)
        if value.get("success", True) is None:  # an absent one means success, so null does not count as absent
            refuse(None, "a boolean", (*path, "success"))
        self.others.read_fields({name: item for name, item in value.items() if name != "data"}, path, drift)
        return read_data(value.get("data", MISSING), place, drift)

    def _read_data(self, data: Any, path: Path, drift: Drift) -> Any:
        property_ = self.envelope.properties["data"]
        return None if data is None and property_.is_nullable else property_.reader.read(data, path, drift)


@attrs.frozen(slots=False, repr=False)
class Operation(Generic[T_co]):
    """An operation of the API with its arguments: the request, and the readers of the answers.

    Attributes:
        url: The path and the query, percent-encoded, to be appended to a base URL.
        headers: The arguments that are headers, and ``Content-Type`` if there is a body.
        content: The body. None for a request without one.
    """

    _endpoint: Endpoint
    url: str
    headers: Mapping[str, str]
    content: bytes | None
    _arguments: Mapping[str, Any]
    _read_data: Callable[[Any, Path, Drift], T_co] | None = None
    _is_whole: bool = False

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
    def private_texts(self) -> list[tuple[str, str]]:
        """The texts of the arguments, which messages and logs must not contain, each after the name of its argument.

        Arguments in different places, such as the path and the body, may have the same name.
        """
        endpoint, parts = self._endpoint, list[tuple[str, str]]()
        for argument, value in self._arguments.items():
            is_object = endpoint.locations[argument] in {"whole", "extra"} and isinstance(value, Mapping)
            parts += private_texts(value if is_object else {endpoint.names.get(argument, argument): value})
        return parts

    @property
    def is_idempotent(self) -> bool:
        """Whether sending it twice has the same effect as sending it once (RFC 9110, 9.2.2)."""
        return self.method not in {"POST", "PATCH"}

    @property
    def whole(self) -> Operation[Any]:
        """The same operation with the whole body of the answer as its value."""
        return attrs.evolve(self, is_whole=True)

    def with_data(self, read: Callable[[Any, Path, Drift], U]) -> Operation[U]:
        """Return the same operation with another function that reads ``data``. `MISSING` stands for absent data."""
        other: Any = object.__new__(type(self))
        other.__dict__.update(self.__dict__, _read_data=read)  # attrs.evolve() would take as long as making it anew
        return cast("Operation[U]", other)

    def read(self, reader: Reader, body: Any, drift: Drift) -> T_co:
        """Return the value of an answer.

        Args:
            reader: The `reader` of its status.
            body: The JSON value of the body, or `NO_BODY`.
            drift: Gets the places where the body differs from the spec and is still usable.

        Raises:
            InvalidDataError: The body differs from the spec.
        """
        value: T_co
        if isinstance(reader, Data):
            value = reader.read(body, (), drift, self._read_data)
        else:
            value = reader.read(body, (), drift)
        return value

    def reader(self, status: int) -> Reader | None:
        """Return the reader of the answer with a status: `Nothing` if it has no body, None if it is an error."""
        if not 200 <= status <= 299:  # noqa: PLR2004
            return None
        answers = self._endpoint.answers
        reader = answers.get(str(status)) or answers.get(f"{status // 100}XX") or answers.get("default")
        return reader.envelope if self._is_whole and isinstance(reader, Data) else reader


class Enveloped(Operation[T_co], Generic[T_co, W_co]):
    """An operation whose answer is an envelope. Its value is the ``data`` of the envelope."""

    @property
    def whole(self) -> Operation[W_co]:
        return super().whole


def answer_readers(types: Mapping[str, Any]) -> Mapping[str, Reader]:
    """Return the readers of answers, by their statuses, of their types. The type `NO_BODY` is that without a body."""
    return {status: _answer_reader(type_) for status, type_ in types.items()} or _UNDECLARED


def _answer_reader(type_: Any) -> Reader:
    reader = Nothing if type_ is NO_BODY else reader_of(type_)
    if isinstance(reader, Record) and {"success", "data"} <= attrs.fields_dict(reader.cls).keys():
        return Data(reader)
    return reader


@attrs.frozen(eq=False, repr=False)
class Endpoint:
    """An operation of the spec, without arguments.

    Attributes:
        method: The HTTP method.
        path: The path, with its parameters in braces.
        answers: The readers of the successful answers by their statuses, made of their types.
        locations: Where each argument is: in the "path", the "query" or a "header", as a property of the "body", as the
            "whole" body, or as "extra", which has the properties of the body that the spec does not declare.
        names: The names of arguments in the spec, if they have others in Python.
        styles: The styles of the arguments in the query that are arrays or objects; see `query_pairs`.
        body: The reader of the body, made of its type.
        is_body_optional: Whether a body is sent only if it has properties.
        content_type: The type of the body.
    """

    method: str
    path: str
    answers: Mapping[str, Reader] = attrs.field(converter=answer_readers)
    locations: Mapping[str, str] = EMPTY
    names: Mapping[str, str] = EMPTY
    styles: Mapping[str, str] = EMPTY
    body: Reader = attrs.field(default=cast("Any", Any), converter=reader_of)
    is_body_optional: bool = False
    content_type: str = "application/json"

    @property
    def name(self) -> str:
        """The method and the path, as in the spec: "GET /v1/chat/session/active"."""
        return f"{self.method} {self.path}"

    def operation(self, function: Callable[..., Any], arguments: Mapping[str, Any]) -> Enveloped[Any, Any]:
        """Return the operation with arguments. An optional one that is None is not sent; `NULL` is sent as null.

        Args:
            function: The function of the operation. Its annotations say what the parameters are.
            arguments: The arguments of the function.

        Raises:
            InvalidDataError: An argument cannot be sent. The path of the error begins with its name.
        """
        readers, optional = argument_readers(function), function.__kwdefaults__ or EMPTY
        url = self.path
        query: list[str] = []
        headers: dict[str, str] = {}
        in_body: dict[str, Any] = {}
        for argument, location in self.locations.items():
            value = arguments[argument]
            if value is None and argument in optional:
                continue
            if location in {"body", "whole", "extra"}:
                in_body[argument] = value
                continue
            name, path = self.names.get(argument, argument), (argument,)
            json_value = readers[argument].write(value, path)
            if location == "path":
                url = url.replace(f"{{{name}}}", path_text(json_value, path))
            elif location == "query":
                query += query_pairs(name, json_value, self.styles.get(argument, ""), path)
            else:
                headers[name] = header_text(json_value, path)
        if query:
            # Some vendors tell operations of one path apart by a query.
            url = f"{url}{'&' if '?' in self.path else '?'}{'&'.join(query)}"
        content = None
        if (in_body or isinstance(self.body, Record)) and (body := self._body(in_body)) is not NO_BODY:
            headers["Content-Type"] = self.content_type
            content = json_bytes(body)
        return Enveloped(self, url, headers, content, arguments)

    def _body(self, sent: Mapping[str, Any]) -> Any:
        """Return the JSON value of the body for the arguments that are in it. `NO_BODY` if no body is sent.

        The reader of the body knows more than the annotations of the arguments, such as the tags of a union.
        """
        declared, others = (self.body.properties, self.body.others) if isinstance(self.body, Record) else ({}, None)
        properties: dict[str, Any] = {}
        for argument, value in sent.items():
            location, name, path = self.locations[argument], self.names.get(argument, argument), (argument,)
            if location == "whole":  # beside properties, it is null
                return (Null if declared else self.body).write(value, path)
            if location == "body":
                properties[name] = declared[name].write(value, path)
            else:
                extra = Map(others or Anything).write(value, path)
                for twice in sorted(declared.keys() & extra):
                    expected = "a property that the spec does not declare"
                    raise InvalidDataError(expected, "one that it declares", (argument, twice))
                properties |= extra
        if self.is_body_optional and not properties:
            return NO_BODY
        needed = (name for name, property_ in declared.items() if property_.none_is_null and not property_.is_read_only)
        return dict.fromkeys(needed) | properties


def json_bytes(value: Any) -> bytes:
    """Return a JSON value as JSON text."""
    return json.dumps(value, ensure_ascii=False).encode()


@cache
def argument_readers(function: Callable[..., Any]) -> Mapping[str, Reader]:
    """Return the readers of the arguments of a function. An optional one that is None is not sent: None is not null."""
    optional = function.__kwdefaults__ or {}
    types = {name: type_ for name, type_ in hints(function).items() if name != "return"}
    return {name: reader_of(without_none(type_) if name in optional else type_) for name, type_ in types.items()}


complete_init(Operation)  # its annotations name Endpoint
