"""What the templates of the operations write, made of what the generator parsed."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen
from declarations import PREFIX, python_name, unique
from kinds import Kind, Kinds, literal
from openapi_python_client.parser.openapi import Endpoint, GeneratorData, generate_operation_id
from openapi_python_client.parser.properties import ModelProperty
from openapi_python_client.parser.responses import JSON_SOURCE, NONE_SOURCE, Response
from openapi_python_client.schema.untrusted_string import UntrustedString
from spec import Spec, SpecError, operations, resolve
from texts import described, docstring, section, wrapped

# How a parameter is written where the spec says nothing; the other styles are not served.
STYLES = {"path": "simple", "query": "form", "header": "simple"}


@frozen
class Argument:
    """An argument of an operation: a parameter, or a property of the body."""

    name: str
    wire: str
    location: str
    kind: Kind
    required: bool
    description: str

    @property
    def declaration(self) -> str:
        """The parameter of the function."""
        type_ = self.kind.argument
        return f"{self.name}: {type_}" if self.required else f"{self.name}: {type_.removesuffix(' | None')} | None = None"


@frozen
class Call:
    """An operation."""

    name: str
    method: str
    path: str
    description: list[str]
    arguments: list[Argument]
    body: str
    answers: dict[str, str]
    errors: list[str]
    type: str
    whole: str
    said: dict[str, str]
    kinds: list[Kind]

    @property
    def docstring(self) -> str:
        """The docstring of the function."""
        good = {status: self.said[status] for status in self.answers}
        return docstring(
            *map(wrapped, self.description),
            section("Args", {one.name: one.description for one in self.arguments}),
            section("Answers", good),
            section("Errors", {status: self.said[status] for status in self.errors}),
            f"`{self.method} {self.path}` in openapi.yaml.",
        )

    def passed(self, location: str) -> dict[str, str]:
        """Return the arguments of one location: the names in the spec as code, with the names in Python."""
        return {literal(one.wire): one.name for one in self.arguments if one.location == location}


def calls(spec: Spec, parsed: GeneratorData, kinds: Kinds, wording: Mapping[str, str]) -> Iterator[Call]:
    """Yield the operations.

    Raises:
        SpecError: two operations or two arguments have one name, or an operation cannot be served rightly.
    """
    raw = {}
    names = []
    for place, path, method, operation in operations(spec):
        name = str(generate_operation_id(path=UntrustedString(path), method=method, prefix=PREFIX))
        names.append((name, place))
        raw[name] = (place, path, operation)
    unique(names, "operation")
    for collection in parsed.endpoint_collections_by_tag.values():
        for endpoint in collection.endpoints:
            place, path, operation = raw[str(endpoint.name)]
            shared = spec["paths"][path].get("parameters", [])
            yield _Call(spec, kinds, wording, endpoint, place, {**operation, "shared": shared}).declared(path)


class _Call:
    """Makes the declaration of one operation."""

    def __init__(
        self, spec: Spec, kinds: Kinds, wording: Mapping[str, str], endpoint: Endpoint, place: str, operation: Spec
    ) -> None:
        self.spec, self.kinds, self.wording = spec, kinds, wording
        self.endpoint, self.place, self.operation = endpoint, place, operation
        self.used: list[Kind] = []

    def refusal(self, what: str) -> SpecError:
        return SpecError(f"{self.place}: {what}; that cannot be generated. codegen/not_served.yaml can leave it out")

    def declared(self, path: str) -> Call:
        if "servers" in self.operation:
            raise self.refusal("a server of its own")
        body, in_body = self.body()
        arguments = sorted([*self.parameters(), *in_body], key=lambda one: not one.required)
        unique([(one.name, f"{self.place}: {one.wire!r} in {one.location}") for one in arguments], "argument")
        responses = {one.status_code.pattern: one for one in self.endpoint.responses}
        good = [status for status in responses if status.startswith("2")] or [one for one in responses if one == "default"]
        if not good:
            raise self.refusal("no good answer")
        read = {status: self.answer(status, responses[status]) for status in good}
        types, wholes = (" | ".join(dict.fromkeys(one[index] for one in read.values())) for index in (1, 2))
        said = {
            status: described([resolve(self.spec, one)]) for status, one in self.operation["responses"].items()
        }
        deprecated = "Deprecated." if self.operation.get("deprecated") is True else ""
        return Call(
            name=str(self.endpoint.name),
            method=self.endpoint.method.upper(),
            path=path,
            description=[str(self.operation.get("summary") or self.place), deprecated, described([self.operation])],
            arguments=arguments,
            body=body,
            answers={status: code for status, (code, _, _) in read.items()},
            errors=[status for status in responses if status not in good],
            type=types,
            whole=wholes if any(code.startswith("Data(") for code, _, _ in read.values()) else "",
            said=said,
            kinds=[*self.used, *(one.kind for one in arguments)],
        )

    def parameters(self) -> Iterator[Argument]:
        raw = {}
        for node in [*self.operation["shared"], *self.operation.get("parameters", [])]:
            one = resolve(self.spec, node)
            raw[one["in"], one["name"]] = one
        parsed = {(str(location), prop.name.get_untrusted_value()): prop for location, prop in self.endpoint.iter_all_parameters()}
        for (location, name), one in raw.items():
            what = f"the parameter {name!r} in {location}"
            if location not in STYLES or "content" in one:
                raise self.refusal(f"{what} is a cookie or has a content type")
            schema = one["schema"]
            kind = self.kinds.of(parsed[location, name], schema, f"{self.endpoint.name}_{name}")
            is_array = location == "query" and kind.json == "list" and not any(
                part in kind.reader[6:] for part in ("Array(", "Map(", "Record(", "OneOf(", "Anything", "Nullable")
            )
            style = one.get("style", STYLES[location]) == STYLES[location] and not one.get("allowReserved")
            if not style or (is_array and one.get("explode") is False):
                raise self.refusal(f"{what} has a style of its own")
            if not is_array and (not kind.json or not set(kind.json.split(", ")) <= {"str", "int", "float", "bool"}):
                raise self.refusal(f"{what} is no string, number or boolean, nor an array of them in a query")
            text = described([one, *self.kinds.chain(schema)], self.wording.get(f"{self.place} {name}"))
            yield Argument(python_name(name), name, location, kind, bool(one.get("required")), text)

    def body(self) -> tuple[str, list[Argument]]:
        """Return how the body is passed ("", "optional", "required" or "whole"), and its arguments."""
        request = resolve(self.spec, self.operation.get("requestBody"))
        if not request:
            return "", []
        content_type = _json_type(request.get("content", {}))
        body = next((one for one in self.endpoint.bodies if one.content_type == content_type), None)
        if content_type is None or body is None:
            raise self.refusal(f"a body of {', '.join(request.get('content', {}))}")
        schema, required = request["content"][content_type]["schema"], bool(request.get("required"))
        if isinstance(body.prop, ModelProperty) and (model := self.kinds.models.get(body.prop.class_info.name)):
            return "required" if required else "optional", list(self.properties(model, required=required))
        kind = self.kinds.of(body.prop, schema, f"{self.endpoint.name}_body")
        return "whole", [Argument("body", "body", "body", kind, required, described([request, schema]))]

    def properties(self, model: ModelProperty, *, required: bool) -> Iterator[Argument]:
        parsed = [*(model.required_properties or []), *(model.optional_properties or [])]
        by_name = {prop.name.get_untrusted_value(): prop for prop in parsed}
        for name, one in self.kinds.properties(self.kinds.schema(model)).items():
            if one.get("readOnly") is not True:
                kind = self.kinds.of(by_name[name], one, f"{model.class_info.name}.{name}")
                text = described(self.kinds.chain(one), self.wording.get(f"{model.class_info.name}.{name}"))
                yield Argument(python_name(name), name, "body", kind, required and by_name[name].required, text)

    def answer(self, status: str, response: Response) -> tuple[str, str, str]:
        """Return how a good answer is read, the type of the value, and of the whole body."""
        content = resolve(self.spec, self.operation["responses"][status]).get("content")
        if not content:
            return "NoContent()", "None", "None"
        if response.source not in (JSON_SOURCE, NONE_SOURCE) or _json_type(content) is None:
            raise self.refusal(f"an answer {status} of {', '.join(content)}")
        schema: Any = content[_json_type(content)].get("schema", {})
        prop, name = response.prop, f"{self.endpoint.name}_response_{status}"
        kind = self.kinds.inner(prop, schema, name)
        self.used.append(kind)
        model = self.kinds.models.get(prop.class_info.name) if isinstance(prop, ModelProperty) else None
        properties = self.kinds.properties(self.kinds.schema(model)) if model else {}
        if model is None or not {"success", "data"} <= properties.keys():
            return f"Body({kind.reader})", kind.type, kind.type
        parsed = [*(model.required_properties or []), *(model.optional_properties or [])]
        data = next(one for one in parsed if one.name == "data")
        inner = self.kinds.inner(data, properties["data"], f"{model.class_info.name}.data")
        self.used.append(inner)
        return f"Data(Record({kind.type}), {inner.reader})", inner.type, kind.type


def _json_type(content: Mapping[str, Any]) -> str | None:
    types = {name: name.partition(";")[0].strip().lower() for name in content}
    return next((name for name, one in types.items() if one == "application/json" or one.endswith("+json")), None)
