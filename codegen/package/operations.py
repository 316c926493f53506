"""The operations of the spec, for the templates."""

from collections.abc import Mapping

from attrs import evolve, frozen
from openapi_python_client.parser.openapi import Endpoint, GeneratorData
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol

from codegen.document.reading import (
    HEADER_NAME,
    NotServedError,
    Spec,
    SpecError,
    json_content,
    operations,
    resolve,
    success_statuses,
    token_header,
)
from codegen.package.kinds import Kinds
from codegen.package.members import Member
from codegen.package.texts import description_of, docstring, python_name, section, unique, wrapped

# The default styles of parameters. Other styles are not supported.
STYLES = {"path": "simple", "query": "form", "header": "simple"}
PRIMITIVES = {"str", "int", "float", "bool"}
# OpenAPI ignores header parameters with these names.
IGNORED_HEADERS = {"accept", "authorization", "content-type"}


@frozen
class Answer:
    """A successful answer: its reader, the type of its value, and the type of its whole body."""

    reader: str
    type: str
    whole: str


class Call:
    """An operation, for the templates.

    Args:
        kinds: Finds the kinds of its schemas.
        members: The properties of the classes, by the names of the classes.
        endpoint: The operation as the generator parsed it.
        path: The path of the operation.
        operation: The node of the operation in the spec.

    Raises:
        SpecError: No correct code can be generated for the operation.
    """

    def __init__(
        self, kinds: Kinds, members: Mapping[str, list[Member]], endpoint: Endpoint, path: str, operation: Spec
    ) -> None:
        self._kinds, self._members, self._spec = kinds, members, kinds.spec
        self._endpoint, self._operation = endpoint, operation
        self.name, self.method, self.path = str(endpoint.name), endpoint.method.upper(), path
        self.place = f"{self.method} {path}"
        if "servers" in operation:
            raise self._refusal("a server of its own")
        # The arguments by location: "path", "query", "header", "body", "optional_body" (by property) or "whole body".
        self.by_location: dict[str, list[Member]] = {**self._parameters(), **self._body()}
        located = [(location, argument) for location, group in self.by_location.items() for argument in group]
        self.arguments = [argument for _, argument in located]
        places = [f"{self.place}: {argument.spec_name!r} in {location}" for location, argument in located]
        unique(zip([argument.name for argument in self.arguments], places, strict=True), "argument")
        self.answers = {status: self._answer(status) for status in success_statuses(operation)}
        self.errors = tuple(status for status in operation["responses"] if status not in self.answers)
        if not self.answers:
            raise self._refusal("an operation without a successful answer")
        self.type = " | ".join(dict.fromkeys(answer.type for answer in self.answers.values()))
        self.whole = " | ".join(dict.fromkeys(answer.whole for answer in self.answers.values()))

    @property
    def docstring(self) -> str:
        """The docstring of the function."""
        responses = self._operation["responses"]
        texts = {status: description_of(resolve(self._spec, node)) for status, node in responses.items()}
        return docstring(
            wrapped(str(self._operation.get("summary") or self.place)),
            wrapped(description_of(self._operation)),
            section("Args", {argument.name: argument.description for argument in self.arguments}),
            section("Answers", {status: texts[status] for status in self.answers}),
            section("Errors", {status: texts[status] for status in self.errors}),
            f"`{self.place}` in openapi.yaml.",
        )

    def _refusal(self, problem: str) -> SpecError:
        return SpecError(f"{problem} cannot be generated")

    def _parameters(self) -> dict[str, list[Member]]:
        item = self._spec["paths"][self.path]
        references = [*item.get("parameters", []), *self._operation.get("parameters", [])]
        parameters = [resolve(self._spec, reference) for reference in references]
        nodes = {(node["in"], node["name"]): node for node in parameters}
        parsed = {(str(at), prop.name.get_untrusted_value()): prop for at, prop in self._endpoint.iter_all_parameters()}
        ignored = {*IGNORED_HEADERS, token_header(self._spec).lower()}
        by_location: dict[str, list[Member]] = {}
        for (location, name), node in nodes.items():
            if location == "header" and name.lower() in ignored:
                continue
            prop = parsed.get((location, name))
            reason = self._unsupported(node, prop) if prop else "no schema, or one for a content type"
            if not prop or reason:
                raise self._refusal(f"the parameter {name!r} in {location} ({reason})")
            by_location.setdefault(location, []).append(self._argument(name, prop, node))
        return by_location

    def _argument(self, name: str, prop: PropertyProtocol, node: Spec) -> Member:
        """Return a parameter or a whole body as an argument. ``node`` is the node in the spec that has the schema."""
        kind, text = self._kinds.of(prop, self.name), description_of(node, target=self._kinds.schema(prop))
        return Member(
            python_name(name), name, node.get("required") is True, read_only=False, kind=kind, description=text
        )

    def _unsupported(self, node: Spec, prop: PropertyProtocol) -> str:
        """Return the reason why a parameter cannot be sent. Empty if it can be sent."""
        location, default_style = node["in"], STYLES.get(node["in"])
        array = prop if isinstance(prop, ListProperty) and location == "query" else None
        if location not in STYLES:
            return "a cookie"
        kind = self._kinds.of(array.inner_property if array else prop, self.name)
        if location == "header" and not HEADER_NAME.fullmatch(node["name"]):
            return "no name for a header"
        if not kind.json or not {*kind.json} <= PRIMITIVES:
            return "no string, number or boolean, nor an array of them in a query"
        is_default = node.get("style", default_style) == default_style and not node.get("allowReserved")
        return "" if is_default and not (array and node.get("explode") is False) else "of another style than usual"

    def _body(self) -> dict[str, list[Member]]:
        request = resolve(self._spec, self._operation.get("requestBody"))
        if not request:
            return {}
        if not self._endpoint.bodies:
            raise self._refusal(f"a body of {', '.join(request['content'])}")
        prop, is_required = self._endpoint.bodies[0].prop, request.get("required") is True
        name = self._kinds.class_of(prop)
        if name not in self._members:
            return {"whole body": [self._argument("body", prop, request)]}
        writable = [member for member in self._members[name] if not member.read_only]
        arguments = [evolve(member, name=python_name(member.spec_name)) for member in writable]
        if is_required:
            return {"body": arguments}
        return {"optional_body": [evolve(argument, required=False) for argument in arguments]}

    def _answer(self, status: str) -> Answer:
        content = resolve(self._spec, self._operation["responses"][status]).get("content")
        if not content:
            return Answer("Nothing", "None", "None")
        if not json_content(content):
            raise self._refusal(f"an answer {status} of {', '.join(content)}")
        prop = next(response.prop for response in self._endpoint.responses if response.status_code.pattern == status)
        kind = self._kinds.of(prop, self.name)
        kinds = {member.spec_name: member.kind for member in self._members.get(self._kinds.class_of(prop), [])}
        if kind.is_nullable or not {"success", "data"} <= kinds.keys():
            whole = kind.with_null()
            return Answer(whole.reader, whole.type, whole.type)
        data = kinds["data"].with_null()
        return Answer(f"Data({kind.reader}, {data.reader})", data.type, kind.type)


def calls(kinds: Kinds, members: Mapping[str, list[Member]], parsed: GeneratorData) -> list[Call]:
    """Return the operations.

    Raises:
        NotServedError: Operations cannot be generated correctly.
        SpecError: Two operations have the same name.
    """
    collections = parsed.endpoint_collections_by_tag.values()
    endpoints = [endpoint for collection in collections for endpoint in collection.endpoints]
    pairs = zip(endpoints, operations(kinds.spec), strict=True)  # without tags, both have the same order
    result, refused = [], {}
    for endpoint, (name, path, _, operation) in pairs:
        try:
            result.append(Call(kinds, members, endpoint, path, operation))
        except SpecError as error:
            refused[name] = str(error)
    if refused:
        raise NotServedError(refused, is_all=not result)
    unique([(call.name, call.place) for call in result], "operation")
    return result
