"""What the templates write of operations, made of what the generator parsed."""

from collections.abc import Iterator
from typing import Any

from attrs import frozen
from kinds import NULLABLE, Kind
from names import PREFIX, python_name, unique
from openapi_python_client.parser.openapi import Endpoint, GeneratorData, generate_operation_id
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.responses import JSON_SOURCE, NONE_SOURCE
from openapi_python_client.schema.untrusted_string import UntrustedString
from schemas import Schemas
from spec import HEADER_NAME, Spec, SpecError, json_content, operations, resolve, token_header
from texts import docstring, literal, section, wrapped

# How a parameter is written where the spec says nothing; other styles are not served.
STYLES = {"path": "simple", "query": "form", "header": "simple"}
SCALAR = {"str", "int", "float", "bool", "type(None)"}


@frozen
class Argument:
    """An argument of an operation: a parameter, or a property of the body."""

    wire: str
    location: str
    kind: Kind
    required: bool
    description: str

    @property
    def name(self) -> str:
        """The name in Python."""
        return python_name(self.wire)

    @property
    def declaration(self) -> str:
        """The parameter of the function."""
        type_ = self.kind.argument
        return (
            f"{self.name}: {type_}" if self.required else f"{self.name}: {type_.removesuffix(' | None')} | None = None"
        )


@frozen
class Answer:
    """How a good answer is read, the type of the value, and of the whole body."""

    reader: str
    type: str
    whole: str
    kinds: list[Kind]


class Call:
    """An operation of the spec, as the templates write it.

    Args:
        schemas: Finds the kinds of its schemas.
        endpoint: What the generator parsed of it.
        path: Its path.
        operation: What the spec says of it.

    Raises:
        SpecError: it cannot be served rightly.
    """

    def __init__(self, schemas: Schemas, endpoint: Endpoint, path: str, operation: Spec) -> None:
        self._schemas, self._endpoint, self.operation = schemas, endpoint, operation
        self.name, self.method, self.path = str(endpoint.name), endpoint.method.upper(), path
        self.place = f"{self.method} {path}"
        # OpenAPI has the first three ignored; the token is not an argument of an operation.
        self._not_arguments = {"accept", "authorization", "content-type", token_header(schemas.spec).lower()}
        self.body = ""  # how the body is passed: not at all, as the argument "body", or by its properties
        if "servers" in operation:
            raise self.refusal("a server of its own")
        self.arguments = sorted([*self._parameters(), *self._body()], key=lambda one: not one.required)
        unique([(one.name, f"{self.place}: {one.wire!r} in {one.location}") for one in self.arguments], "argument")
        statuses = [str(status) for status in operation["responses"]]
        good = [status for status in statuses if status.startswith("2")] or [
            one for one in statuses if one == "default"
        ]
        self.answers = {status: self._answer(status) for status in good}
        self.errors = [status for status in statuses if status not in good]
        self.type, self.whole = (
            " | ".join(dict.fromkeys(getattr(one, part) for one in self.answers.values())) for part in ("type", "whole")
        )
        if not good:
            raise self.refusal("an operation without a good answer")

    @property
    def classes(self) -> dict[str, str]:
        """The generated classes in it, with their modules."""
        kinds = [*(one.kind for one in self.arguments), *(kind for one in self.answers.values() for kind in one.kinds)]
        return {name: module for kind in kinds for name, module in kind.classes.items()}

    def passed(self, location: str) -> dict[str, str]:
        """Return the arguments of one location: their names in the spec as code, and their names in Python."""
        return {literal(one.wire): one.name for one in self.arguments if one.location == location}

    @property
    def docstring(self) -> str:
        """The docstring of the function."""
        return docstring(
            wrapped(str(self.operation.get("summary") or self.place)),
            wrapped(self._schemas.described("", self.operation)),
            section("Args", {one.name: one.description for one in self.arguments}),
            section("Answers", self._said(list(self.answers))),
            section("Errors", self._said(self.errors)),
            f"`{self.place}` in openapi.yaml.",
        )

    def _said(self, statuses: list[str]) -> dict[str, str]:
        """Return what the spec says of answers."""
        return {one: self._schemas.described("", self._resolved(self.operation["responses"][one])) for one in statuses}

    def refusal(self, what: str) -> SpecError:
        """Return the refusal to generate it."""
        return SpecError(
            f"{self.place}: {what} cannot be generated; codegen/not_served.yaml can leave the operation out"
        )

    def _resolved(self, node: Any) -> Spec:
        resolved: Spec = resolve(self._schemas.spec, node) or {}
        return resolved

    def _parameters(self) -> Iterator[Argument]:
        nodes = [*self._schemas.spec["paths"][self.path].get("parameters", []), *self.operation.get("parameters", [])]
        parsed = {(str(at), prop.name.get_untrusted_value()): prop for at, prop in self._endpoint.iter_all_parameters()}
        for (location, name), one in {(one["in"], one["name"]): one for one in map(self._resolved, nodes)}.items():
            what = f"the parameter {name!r} in {location}"
            if location == "header" and name.lower() in self._not_arguments:
                continue
            if location == "header" and not HEADER_NAME.fullmatch(name):
                raise self.refusal(f"{what} (no name for a header)")
            if location not in STYLES or "content" in one:
                raise self.refusal(f"{what} (a cookie, or with a content type)")
            schema = one["schema"]
            prop = parsed[location, name]
            kind = self._schemas.of(prop, schema, f"{self.name}_{name}")
            is_array = isinstance(prop, ListProperty) and location == "query"
            item = kind
            if isinstance(prop, ListProperty):
                *_, array = self._schemas.chain(schema)
                item = self._schemas.item(prop.inner_property, array.get("items", {}), f"{self.name}_{name}")
            if not set((item if is_array else kind).json) <= SCALAR or not item.json:
                raise self.refusal(f"{what} (no string, number or boolean, nor an array of them in a query)")
            usual = one.get("style", STYLES[location]) == STYLES[location] and not one.get("allowReserved")
            if not usual or (is_array and one.get("explode") is False):
                raise self.refusal(f"{what} (of another style than usual)")
            yield Argument(name, location, kind, bool(one.get("required")), self._schemas.described("", one, schema))

    def _body(self) -> Iterator[Argument]:
        request = self._resolved(self.operation.get("requestBody"))
        content_type, content = json_content(request.get("content", {}))
        body = next((one for one in self._endpoint.bodies if one.content_type == content_type), None)
        if not request:
            return
        if body is None:
            raise self.refusal(f"a body of {', '.join(request.get('content', {}))}")
        schema, required = content["schema"], bool(request.get("required"))
        if model := self._schemas.model_of(body.prop):
            self.body = "body" if required else "optional_body"
            for one in self._schemas.members(model):
                if not one.read_only:
                    yield Argument(one.wire, "body", one.kind, required and one.required, one.description)
        else:
            self.body = "whole"
            kind = self._schemas.of(body.prop, schema, f"{self.name}_body")
            yield Argument("body", "body", kind, required, self._schemas.described("", request, schema))

    def _answer(self, status: str) -> Answer:
        content = self._resolved(self.operation["responses"][status]).get("content")
        if not content:
            return Answer("Nothing", "None", "None", [])
        response = next(one for one in self._endpoint.responses if one.status_code.pattern == status)
        content_type, body = json_content(content)
        if response.source not in (JSON_SOURCE, NONE_SOURCE) or not content_type:
            raise self.refusal(f"an answer {status} of {', '.join(content)}")
        kind = self._schemas.item(response.prop, body.get("schema", {}), f"{self.name}_response_{status}")
        model = self._schemas.model_of(response.prop)
        members = {one.wire: one for one in self._schemas.members(model)} if model else {}
        if not {"success", "data"} <= members.keys():
            return Answer(kind.reader, kind.type, kind.type, [kind])
        data = members["data"].kind
        if members["data"].nullable and data.type != "Any":
            data = data.inside(NULLABLE)
        return Answer(f"Data({kind.reader}, {data.reader})", data.type, kind.type, [kind, data])


def calls(schemas: Schemas, parsed: GeneratorData) -> Iterator[Call]:
    """Yield the operations.

    Raises:
        SpecError: two operations or two arguments have one name, or an operation cannot be served rightly.
    """
    raw, names = {}, []
    for place, path, method, operation in operations(schemas.spec):
        name = str(generate_operation_id(path=UntrustedString(path), method=method, prefix=PREFIX))
        names.append((name, place))
        raw[name] = (path, operation)
    unique(names, "operation")
    for collection in parsed.endpoint_collections_by_tag.values():
        for endpoint in collection.endpoints:
            yield Call(schemas, endpoint, *raw[endpoint.name])
