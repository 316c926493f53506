"""The functions of the operations, for the templates."""

from collections.abc import Mapping

from attrs import evolve, frozen
from openapi_python_client.parser.openapi import Endpoint, GeneratorData
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol

from codegen.document.reading import (
    HEADER_NAME,
    Node,
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
EXTRA = "Properties of the body that the spec does not declare, by their names in JSON."


@frozen
class SuccessResponse:
    """A successful response.

    Attributes:
        reader: The expression for its reader.
        type: The type of its value.
        whole: The type of its whole body.
        beside_data: The fields of an envelope other than ``success`` and ``data``.
    """

    reader: str
    type: str
    whole: str
    beside_data: tuple[str, ...] = ()


class Function:
    """The function of an operation, for the templates.

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
        self, kinds: Kinds, members: Mapping[str, list[Member]], endpoint: Endpoint, path: str, operation: Node
    ) -> None:
        self._kinds, self._members, self._spec = kinds, members, kinds.spec
        self._endpoint, self._operation = endpoint, operation
        self.name, self.method, self.path = str(endpoint.name), endpoint.method.upper(), path
        self.place = f"{self.method} {path}"
        if "servers" in operation:
            raise self._refusal("a server of its own")
        self.body = ""  # the expression for the reader of the body
        # The arguments by location: "path", "query", "header", "whole body", or "body" or "optional_body" (by property)
        # and "extra".
        self.by_location: dict[str, list[Member]] = self._parameters()
        self.by_location |= self._body([argument.name for group in self.by_location.values() for argument in group])
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
        fields = dict.fromkeys(f"`{field}`" for answer in self.answers.values() for field in answer.beside_data)
        whole = f"The value is the `data` of the answer. That of `.whole` is the whole body, with {', '.join(fields)}."
        return docstring(
            wrapped(str(self._operation.get("summary") or self.place)),
            wrapped(description_of(self._operation)),
            section("Args", {argument.name: argument.description for argument in self.arguments}),
            section("Answers", {status: texts[status] for status in self.answers}),
            section("Errors", {status: texts[status] for status in self.errors}),
            wrapped(whole if fields else ""),
            f"`{self.place}` in openapi.yaml.",
        )

    def _refusal(self, problem: str) -> SpecError:
        return SpecError(
            f"{self.place}: {problem} cannot be generated; codegen/not_served.yaml can leave the operation out"
        )

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
            argument = self._argument(name, prop, node)
            without_null = evolve(argument.kind, is_nullable=False)  # null has no encoding there
            by_location.setdefault(location, []).append(evolve(argument, kind=without_null))
        return by_location

    def _argument(self, name: str, prop: PropertyProtocol, node: Node) -> Member:
        """Return a parameter or a whole body as an argument. ``node`` is the node in the spec that has the schema."""
        kind, text = self._kinds.of(prop, self.name), description_of(node, target=self._kinds.schema(prop))
        return Member(
            python_name(name), name, node.get("required") is True, read_only=False, kind=kind, description=text
        )

    def _unsupported(self, node: Node, prop: PropertyProtocol) -> str:
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

    def _body(self, taken: list[str]) -> dict[str, list[Member]]:
        """Return the arguments of the body. ``taken`` are the names of the other arguments."""
        request = resolve(self._spec, self._operation.get("requestBody"))
        if not request:
            return {}
        if not self._endpoint.bodies:
            raise self._refusal(f"a body of {', '.join(request['content'])}")
        prop, is_required = self._endpoint.bodies[0].prop, request.get("required") is True
        name = self._kinds.class_of(prop)
        self.body = self._kinds.of(prop, self.name).reader
        if name not in self._members:
            return {"whole body": [self._argument("body", prop, request)]}
        writable = [member for member in self._members[name] if not member.read_only]
        arguments = [evolve(member, name=python_name(member.spec_name)) for member in writable]
        by_location = {"body": arguments}
        if not is_required:
            by_location = {"optional_body": [evolve(argument, required=False) for argument in arguments]}
        if self._kinds.schema(self._kinds.models[name]).get("additionalProperties") not in (None, False):
            extra, others = python_name("extra", [*taken, *(one.name for one in arguments)]), self._kinds.others(name)
            by_location["extra"] = [
                Member(extra, extra, required=False, read_only=False, kind=others, description=EXTRA)
            ]
        return by_location

    def _answer(self, status: str) -> SuccessResponse:
        content = resolve(self._spec, self._operation["responses"][status]).get("content")
        if not content:
            return SuccessResponse("Nothing", "None", "None")
        if not json_content(content):
            raise self._refusal(f"an answer {status} of {', '.join(content)}")
        prop = next(response.prop for response in self._endpoint.responses if response.status_code.pattern == status)
        kind = self._kinds.of(prop, self.name)
        members = {member.spec_name: member for member in self._members.get(self._kinds.class_of(prop), [])}
        if kind.is_nullable or not {"success", "data"} <= members.keys():
            whole = kind.with_null()
            return SuccessResponse(whole.reader, whole.type, whole.type)
        data = members["data"].kind.with_null()
        beside_data = tuple(member.name for name, member in members.items() if name not in {"success", "data"})
        return SuccessResponse(f"Data({kind.reader}, {data.reader})", data.type, kind.type, beside_data)


def functions(kinds: Kinds, members: Mapping[str, list[Member]], parsed: GeneratorData) -> list[Function]:
    """Return the functions of all operations.

    Raises:
        SpecError: Two operations or two arguments have the same name, or an operation cannot be generated correctly.
    """
    collections = parsed.endpoint_collections_by_tag.values()
    endpoints = [endpoint for collection in collections for endpoint in collection.endpoints]
    pairs = zip(endpoints, operations(kinds.spec), strict=True)  # without tags, both have the same order
    result = [Function(kinds, members, endpoint, path, operation) for endpoint, (_, path, _, operation) in pairs]
    unique([(function.name, function.place) for function in result], "operation")
    return result
