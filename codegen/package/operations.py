"""The functions of the operations, for the templates."""

from collections.abc import Mapping

from attrs import evolve, frozen

from codegen.document.normal.document import json_type, schema_in
from codegen.document.reading import Node
from codegen.document.served import style_of, success_statuses
from codegen.package.kinds import SCALARS, Kinds, map_of
from codegen.package.members import Member
from codegen.package.naming import distinct, field_names
from codegen.package.texts import description_of, docstring, literal, section, wrapped

# The locations of arguments: "body" and "optional_body" for the properties of a body. Of those with one name in Python,
# the first keeps it.
LOCATIONS = ("whole body", "path", "query", "header", "body", "optional_body")
NULL_TYPE = evolve(SCALARS["null"], argument="NullType", is_nullable=False)
NULL_BODY = Member("body", "body", required=False, kind=NULL_TYPE, description="`NULL` sends null, and no properties.")
EXTRA = "Properties of the body that the spec does not declare, by their names in JSON."


@frozen
class SuccessResponse:
    """A successful response.

    Attributes:
        annotation: The annotation of its whole body, or `NO_BODY`.
        type: The type of its value.
        whole: The type of its whole body.
        beside_data: The fields of an envelope other than ``success`` and ``data``.
    """

    annotation: str
    type: str
    whole: str
    beside_data: tuple[str, ...] = ()


class Function:
    """The function of an operation, for the templates.

    Args:
        kinds: Finds the kinds of its schemas.
        members: The properties of the classes, by the names of the classes.
        place: The path, the method in lower case and the node of the operation, which is in normal form.
        token_header: The name of the header that carries the token.
    """

    def __init__(
        self, kinds: Kinds, members: Mapping[str, list[Member]], place: tuple[str, str, Node], token_header: str
    ) -> None:
        path, method, operation = place
        self._kinds, self._members, self._operation = kinds, members, operation
        self.name, self.method, self.path = kinds.classes.functions[path, method], method.upper(), path
        self.place = f"{self.method} {path}"
        body = operation.get("requestBody", {})
        content_type = json_type(body.get("content", {}))
        self.content_type = "" if content_type.startswith("application/json") or "*" in content_type else content_type
        token = ("header", token_header.lower())
        nodes = [node for node in operation["parameters"] if (node["in"], node["name"].lower()) != token]
        styles = {node["name"]: style_of(node, kinds.forms) for node in nodes if node["in"] == "query"}
        # The arguments by location: "path", "query", "header", "whole body", or "body" or "optional_body" (by property)
        # and "extra".
        self.by_location: dict[str, list[Member]] = {}
        for node in nodes:
            argument = self._argument(node["name"], node, node["schema"])
            without_null = evolve(argument.kind, is_nullable=False)  # null has no encoding there
            self.by_location.setdefault(node["in"], []).append(evolve(argument, kind=without_null))
        schema = schema_in(body)
        self.body = "" if schema is None else self._body_annotation(body, schema)
        self.by_location |= {} if schema is None else self._body(body, schema)
        self.by_location = self._named()
        self.styles = {one.name: style for one in self.by_location.get("query", ()) if (style := styles[one.spec_name])}
        self.by_location |= {} if schema is None else self._extra(schema)
        self.arguments = [argument for group in self.by_location.values() for argument in group]
        self.answers = {status: self._answer(operation["responses"][status]) for status in success_statuses(operation)}
        self.errors = tuple(status for status in operation["responses"] if status not in self.answers)
        # Without answers, only redirects or errors are declared.
        self.type = " | ".join(dict.fromkeys(answer.type for answer in self.answers.values())) or "Any"
        self.whole = " | ".join(dict.fromkeys(answer.whole for answer in self.answers.values())) or "Any"

    @property
    def endpoint(self) -> dict[str, str]:
        """The arguments of the `Endpoint` with their expressions. Those with the default are left out."""
        names = {location: tuple(one.name for one in group) for location, group in self.by_location.items()}
        answers = ", ".join(f"{literal(status)}: {answer.annotation}" for status, answer in self.answers.items())
        facts = {
            "in_path": names.get("path"),
            "query": names.get("query"),
            "headers": names.get("header"),
            "properties": names.get("body") or names.get("optional_body"),
            "whole": "".join(names.get("whole body", ())),
            "extra": "".join(names.get("extra", ())),
            "names": {one.name: one.spec_name for one in self.arguments if one.name != one.spec_name},
            "styles": self.styles,
            "is_body_optional": "optional_body" in names,
            "content_type": self.content_type,
            "errors": self.errors,
        }
        texts = {name: literal(fact) for name, fact in facts.items() if fact}
        return {"answers": f"{{{answers}}}"} | ({"body": self.body} if self.body else {}) | texts

    @property
    def parameters(self) -> list[str]:
        """The declarations of the arguments: first of those that are required."""
        return [one.parameter for one in sorted(self.arguments, key=lambda one: not one.required)]

    @property
    def returned(self) -> str:
        """The annotation of what the function returns."""
        return f"Operation[{self.type}]" if self.type == self.whole else f"Enveloped[{self.type}, {self.whole}]"

    @property
    def docstring(self) -> str:
        """The docstring of the function."""
        texts = {status: description_of(node) for status, node in self._operation["responses"].items()}
        fields = dict.fromkeys(f"`{field}`" for answer in self.answers.values() for field in answer.beside_data)
        whole = f"The value is the `data` of the answer. That of `.whole` is the whole body, with {', '.join(fields)}."
        return docstring(
            wrapped(str(self._operation.get("summary") or self.place)),
            wrapped(description_of(self._operation)),
            wrapped(whole if fields else ""),
            section("Args", {argument.name: argument.description for argument in self.arguments}),
            section("Answers", {status: text for status, text in texts.items() if status in self.answers}),
            section("Errors", {status: text for status, text in texts.items() if status in self.errors}),
            f"`{self.place}` in openapi.yaml.",
        )

    def _argument(self, name: str, node: Node, schema: Node) -> Member:
        """Return a parameter or a whole body as an argument. ``node`` is the node that has the schema."""
        words = {**self._kinds.forms.resolved(schema), **schema}
        is_required = node.get("required") is True or node.get("in") == "path"
        return Member(name, name, is_required, self._kinds.of(schema), description_of(node, target=words))

    def _body(self, body: Node, schema: Node) -> dict[str, list[Member]]:
        name = self._kinds.classes.name_of(schema)
        if name not in self._members:
            return {"whole body": [self._argument("body", body, schema)]}
        is_required, is_nullable = body.get("required") is True, self._kinds.of(schema).is_nullable
        needed = self._kinds.forms.resolved(schema).get("required", ()) if is_required and not is_nullable else ()
        writable = [member for member in self._members[name] if not member.read_only]
        properties = [evolve(member, required=member.spec_name in needed) for member in writable]
        null = {"whole body": [NULL_BODY]} if is_nullable else {}
        return {"body" if is_required else "optional_body": properties} | null

    def _body_annotation(self, body: Node, schema: Node) -> str:
        """Return the annotation of the body. Null is among it, unless properties are arguments."""
        kind = self._kinds.of(schema)
        return kind.annotation if self._kinds.classes.name_of(schema) in self._members else kind.with_null().annotation

    def _extra(self, schema: Node) -> dict[str, list[Member]]:
        """Return the argument for the properties that a body may have beside the declared ones, if it may."""
        record = self._kinds.forms.resolved(schema)
        if self._kinds.forms.of(record) != "record" or not record.get("additionalProperties"):
            return {}
        taken = {argument.name for group in self.by_location.values() for argument in group}
        name, kind = field_names(["extra"], taken)["extra"], map_of(self._kinds.others(record))
        return {"extra": [Member(name, name, required=False, kind=kind, description=EXTRA)]}

    def _named(self) -> dict[str, list[Member]]:
        """Return the arguments by location, each with a name of its own."""
        names = {
            (location, spec_name): name
            for location in LOCATIONS
            for spec_name, name in field_names([one.spec_name for one in self.by_location.get(location, ())]).items()
        }
        unique = distinct(names, lambda key: f"{names[key]}_{key[0].removeprefix('optional_')}")
        return {
            location: [evolve(one, name=unique[location, one.spec_name]) for one in arguments]
            for location, arguments in self.by_location.items()
        }

    def _answer(self, node: Node) -> SuccessResponse:
        schema = schema_in(node)
        if schema is None:
            return SuccessResponse("NO_BODY", "None", "None")
        kind = self._kinds.of(schema)
        members = {member.spec_name: member for member in self._members.get(self._kinds.classes.name_of(schema), [])}
        if kind.is_nullable or not {"success", "data"} <= members.keys():
            whole = kind.with_null()
            return SuccessResponse(whole.annotation, whole.type, whole.type)
        data = members["data"].kind.with_null()
        beside_data = tuple(member.name for name, member in members.items() if name not in {"success", "data"})
        return SuccessResponse(kind.annotation, data.type, kind.type, beside_data)
