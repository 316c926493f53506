"""The operations of the spec, as the templates write them."""

from collections.abc import Mapping

from attrs import evolve, frozen
from kinds import Kinds
from members import Member
from openapi_python_client.parser.openapi import Endpoint, GeneratorData
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from spec import HEADER_NAME, Spec, SpecError, good_statuses, json_content, operations, resolve, token_header
from texts import description_of, docstring, python_name, section, unique, wrapped

# The styles that parameters have by default; other styles are not served.
STYLES = {"path": "simple", "query": "form", "header": "simple"}
PRIMITIVES = {"str", "int", "float", "bool"}
# OpenAPI says that these headers are ignored.
IGNORED_HEADERS = {"accept", "authorization", "content-type"}


@frozen
class Answer:
    """The reader of a good answer, the type of its value, and the type of its whole body."""

    reader: str
    type: str
    whole: str


class Call:
    """An operation, as the templates write it.

    Args:
        kinds: Finds the kinds of its schemas.
        members: The properties of the classes.
        endpoint: What the generator parsed of it.
        path: Its path.
        operation: Its node in the spec.

    Raises:
        SpecError: The client cannot serve it correctly.
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
        # The arguments by location: path, query, header, a body with them as properties, or a whole body.
        self.by_location: dict[str, list[Member]] = {**self._parameters(), **self._body()}
        located = [(location, one) for location, members in self.by_location.items() for one in members]
        self.arguments = [one for _, one in located]
        unique([(one.name, f"{self.place}: {one.spec_name!r} in {location}") for location, one in located], "argument")
        self.answers = {status: self._answer(status) for status in good_statuses(operation)}
        self.errors = [status for status in operation["responses"] if status not in self.answers]
        if not self.answers:
            raise self._refusal("an operation without a good answer")
        self.type = " | ".join(dict.fromkeys(one.type for one in self.answers.values()))
        self.whole = " | ".join(dict.fromkeys(one.whole for one in self.answers.values()))

    @property
    def docstring(self) -> str:
        """The docstring of the function."""
        responses = self._operation["responses"]
        said = {status: description_of(resolve(self._spec, one)) for status, one in responses.items()}
        return docstring(
            wrapped(str(self._operation.get("summary") or self.place)),
            wrapped(description_of(self._operation)),
            section("Args", {one.name: one.description for one in self.arguments}),
            section("Answers", {status: said[status] for status in self.answers}),
            section("Errors", {status: said[status] for status in self.errors}),
            f"`{self.place}` in openapi.yaml.",
        )

    def _refusal(self, what: str) -> SpecError:
        return SpecError(
            f"{self.place}: {what} cannot be generated; codegen/not_served.yaml can leave the operation out"
        )

    def _parameters(self) -> dict[str, list[Member]]:
        item = self._spec["paths"][self.path]
        both = [*item.get("parameters", []), *self._operation.get("parameters", [])]
        nodes = {(one["in"], one["name"]): one for one in (resolve(self._spec, node) for node in both)}
        parsed = {(str(at), prop.name.get_untrusted_value()): prop for at, prop in self._endpoint.iter_all_parameters()}
        ignored = {*IGNORED_HEADERS, token_header(self._spec).lower()}
        passed: dict[str, list[Member]] = {}
        for (location, name), node in nodes.items():
            if location == "header" and name.lower() in ignored:
                continue
            prop = parsed.get((location, name))
            why = self._unusual(node, prop) if prop else "no schema, or one for a content type"
            if not prop or why:
                raise self._refusal(f"the parameter {name!r} in {location} ({why})")
            passed.setdefault(location, []).append(self._argument(name, prop, node))
        return passed

    def _argument(self, name: str, prop: PropertyProtocol, node: Spec) -> Member:
        """Return a parameter or a whole body as an argument; ``node`` is its node in the spec, around the schema."""
        kind, text = self._kinds.of(prop, self.name), description_of(node, other=self._kinds.schema(prop))
        return Member(
            python_name(name), name, node.get("required") is True, read_only=False, kind=kind, description=text
        )

    def _unusual(self, node: Spec, prop: PropertyProtocol) -> str:
        """Return why a parameter cannot be sent; empty if it can."""
        location, default_style = node["in"], STYLES.get(node["in"])
        array = prop if isinstance(prop, ListProperty) and location == "query" else None
        if location not in STYLES:
            return "a cookie"
        sent = self._kinds.of(array.inner_property if array else prop, self.name)
        if location == "header" and not HEADER_NAME.fullmatch(node["name"]):
            return "no name for a header"
        if not sent.json or not {*sent.json} <= PRIMITIVES:
            return "no string, number or boolean, nor an array of them in a query"
        is_usual = node.get("style", default_style) == default_style and not node.get("allowReserved")
        return "" if is_usual and not (array and node.get("explode") is False) else "of another style than usual"

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
        arguments = (evolve(one, name=python_name(one.spec_name)) for one in self._members[name] if not one.read_only)
        if is_required:
            return {"body": [*arguments]}
        return {"optional_body": [evolve(one, required=False) for one in arguments]}

    def _answer(self, status: str) -> Answer:
        content = resolve(self._spec, self._operation["responses"][status]).get("content")
        if not content:
            return Answer("Nothing", "None", "None")
        if not json_content(content):
            raise self._refusal(f"an answer {status} of {', '.join(content)}")
        prop = next(one.prop for one in self._endpoint.responses if one.status_code.pattern == status)
        kind = self._kinds.of(prop, self.name)
        members = {one.spec_name: one.kind for one in self._members.get(self._kinds.class_of(prop), [])}
        if kind.is_nullable or not {"success", "data"} <= members.keys():
            whole = kind.with_null()
            return Answer(whole.reader, whole.type, whole.type)
        data = members["data"].with_null()
        return Answer(f"Data({kind.reader}, {data.reader})", data.type, kind.type)


def calls(kinds: Kinds, members: Mapping[str, list[Member]], parsed: GeneratorData) -> list[Call]:
    """Return the operations.

    Raises:
        SpecError: Two operations or two arguments have one name, or an operation cannot be served correctly.
    """
    endpoints = [one for collection in parsed.endpoint_collections_by_tag.values() for one in collection.endpoints]
    both = zip(endpoints, operations(kinds.spec), strict=True)  # without tags, they come in the same order
    made = [Call(kinds, members, endpoint, path, operation) for endpoint, (_, path, _, operation) in both]
    unique([(call.name, call.place) for call in made], "operation")
    return made
