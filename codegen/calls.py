"""The operations of the spec, as the templates write them."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import field, frozen
from kinds import Kind, Kinds
from models import Model
from openapi_python_client.parser.openapi import Endpoint, GeneratorData, generate_operation_id
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.schema.untrusted_string import UntrustedString
from spec import HEADER_NAME, Spec, SpecError, good_statuses, json_content, operations, resolve, token_header
from texts import PREFIX, docstring, literal, python_name, said_of, section, unique, wrapped

# How a parameter is written where the spec says nothing; other styles are not served.
STYLES = {"path": "simple", "query": "form", "header": "simple"}
SCALARS = {"str", "int", "float", "bool"}
# OpenAPI has these headers ignored.
IGNORED_HEADERS = {"accept", "authorization", "content-type"}


@frozen
class Argument:
    """An argument of an operation: a parameter, or a property of the body."""

    wire: str
    location: str
    kind: Kind
    required: bool
    description: str
    name: str = field(init=False)

    @name.default
    def _name(self) -> str:
        return python_name(self.wire)

    @property
    def declaration(self) -> str:
        """The parameter of the function."""
        return f"{self.name}: {self.kind.argument}{'' if self.required else ' | None = None'}"


@frozen
class Answer:
    """How a good answer is read, the type of the value, and of the whole body."""

    reader: str
    type: str
    whole: str


class Call:
    """An operation, as the templates write it.

    Args:
        kinds: Finds the kinds of its schemas.
        models: The classes of the schemas.
        endpoint: What the generator parsed of it.
        path: Its path.
        operation: What the spec says of it.

    Raises:
        SpecError: it cannot be served rightly.
    """

    def __init__(
        self, kinds: Kinds, models: Mapping[str, Model], endpoint: Endpoint, path: str, operation: Spec
    ) -> None:
        self._kinds, self._models, self._endpoint, self._operation = kinds, models, endpoint, operation
        self.name, self.method, self.path = str(endpoint.name), endpoint.method.upper(), path
        self.place = f"{self.method} {path}"
        self.body = ""  # how the body is passed: not at all, as the argument "body", or by its properties
        if "servers" in operation:
            raise self._refusal("a server of its own")
        self.arguments = sorted([*self._parameters(), *self._body()], key=lambda one: not one.required)
        unique([(one.name, f"{self.place}: {one.wire!r} in {one.location}") for one in self.arguments], "argument")
        self.answers = {status: self._answer(status) for status in good_statuses(operation)}
        self.errors = [status for status in operation["responses"] if status not in self.answers]
        if not self.answers:
            raise self._refusal("an operation without a good answer")
        self.type = " | ".join(dict.fromkeys(one.type for one in self.answers.values()))
        self.whole = " | ".join(dict.fromkeys(one.whole for one in self.answers.values()))

    def passed(self, location: str) -> dict[str, str]:
        """Return the arguments of one location: their names in the spec as code, and their names in Python."""
        return {literal(one.wire): one.name for one in self.arguments if one.location == location}

    @property
    def docstring(self) -> str:
        """The docstring of the function."""
        said = {status: said_of(self._resolved(one)) for status, one in self._operation["responses"].items()}
        return docstring(
            wrapped(str(self._operation.get("summary") or self.place)),
            wrapped(said_of(self._operation)),
            section("Args", {one.name: one.description for one in self.arguments}),
            section("Answers", {status: said[status] for status in self.answers}),
            section("Errors", {status: said[status] for status in self.errors}),
            f"`{self.place}` in openapi.yaml.",
        )

    def _refusal(self, what: str) -> SpecError:
        return SpecError(
            f"{self.place}: {what} cannot be generated; codegen/not_served.yaml can leave the operation out"
        )

    def _resolved(self, node: Any) -> Spec:
        resolved: Spec = resolve(self._kinds.spec, node) or {}
        return resolved

    def _parameters(self) -> Iterator[Argument]:
        item = self._kinds.spec["paths"][self.path]
        nodes = map(self._resolved, [*item.get("parameters", []), *self._operation.get("parameters", [])])
        parsed = {(str(at), prop.name.get_untrusted_value()): prop for at, prop in self._endpoint.iter_all_parameters()}
        not_arguments = {*IGNORED_HEADERS, token_header(self._kinds.spec).lower()}
        for (location, name), node in {(one["in"], one["name"]): one for one in nodes}.items():
            if location == "header" and name.lower() in not_arguments:
                continue
            prop = parsed.get((location, name))
            if prop is None:
                raise self._refusal(f"the parameter {name!r} in {location} (no schema, or one for a content type)")
            if why := self._unusual(node, prop):
                raise self._refusal(f"the parameter {name!r} in {location} ({why})")
            kind, text = self._kinds.of(prop, self.name), said_of(node, other=self._kinds.schema(prop))
            yield Argument(name, location, kind, node.get("required") is True, text)

    def _unusual(self, node: Spec, prop: PropertyProtocol) -> str:
        """Tell why a parameter cannot be sent; empty if it can."""
        location, default_style = node["in"], STYLES.get(node["in"])
        array = prop if isinstance(prop, ListProperty) and location == "query" else None
        if location not in STYLES:
            return "a cookie"
        sent = self._kinds.of(array.inner_property if array else prop, self.name)
        if location == "header" and not HEADER_NAME.fullmatch(node["name"]):
            return "no name for a header"
        if not sent.json or not {*sent.json} <= SCALARS:
            return "no string, number or boolean, nor an array of them in a query"
        if node.get("style", default_style) != default_style or node.get("allowReserved"):
            return "of another style than usual"
        return "of another style than usual" if array and node.get("explode") is False else ""

    def _body(self) -> Iterator[Argument]:
        request = self._resolved(self._operation.get("requestBody"))
        if not request:
            return
        if not self._endpoint.bodies:
            raise self._refusal(f"a body of {', '.join(request['content'])}")
        prop, required = self._endpoint.bodies[0].prop, request.get("required") is True
        if model := self._models.get(self._kinds.model_of(prop)):
            self.body = "body" if required else "optional_body"
            for one in model.members:
                if not one.read_only:
                    yield Argument(one.wire, "body", one.kind, required and one.required, one.description)
        else:
            self.body = "whole"
            text = said_of(request, other=self._kinds.schema(prop))
            yield Argument("body", "body", self._kinds.of(prop, self.name), required, text)

    def _answer(self, status: str) -> Answer:
        content = self._resolved(self._operation["responses"][status]).get("content")
        if not content:
            return Answer("Nothing", "None", "None")
        if not json_content(content):
            raise self._refusal(f"an answer {status} of {', '.join(content)}")
        prop = next(one.prop for one in self._endpoint.responses if one.status_code.pattern == status)
        kind = self._kinds.of(prop, self.name).with_null()
        model = self._models.get(self._kinds.model_of(prop))
        members = {one.wire: one.kind for one in model.members} if model else {}
        if not {"success", "data"} <= members.keys():
            return Answer(kind.reader, kind.type, kind.type)
        data = members["data"].with_null()
        return Answer(f"Data({kind.reader}, {data.reader})", data.type, kind.type)


def calls(kinds: Kinds, models: Mapping[str, Model], parsed: GeneratorData) -> Iterator[Call]:
    """Yield the operations.

    Raises:
        SpecError: two operations or two arguments have one name, or an operation cannot be served rightly.
    """
    raw, names = {}, []
    for place, path, method, operation in operations(kinds.spec):
        name = str(generate_operation_id(path=UntrustedString(path), method=method, prefix=PREFIX))
        names.append((name, place))
        raw[name] = (path, operation)
    unique(names, "operation")
    for collection in parsed.endpoint_collections_by_tag.values():
        for endpoint in collection.endpoints:
            yield Call(kinds, models, endpoint, *raw[endpoint.name])
