"""The functions of the operations, for the templates."""

from collections.abc import Iterable, Mapping

from attrs import evolve, frozen

from codegen.document.normal.document import is_plain_json
from codegen.document.reading import Node
from codegen.document.served import style_of, success_statuses
from codegen.package.kinds import SCALARS, Kind, Kinds, map_of
from codegen.package.members import Member
from codegen.package.naming import distinct, field_names
from codegen.package.texts import description_of, docstring, literal, section, wrapped

# The locations of arguments. Of those with one name in Python, the first keeps it, and others end with one of these.
LOCATIONS = {"whole": "whole", "path": "path", "query": "query", "header": "header", "body": "body", "extra": ""}
# The kinds of an answer without a body, and of one that is not declared.
NO_BODY = evolve(SCALARS["null"], annotation="NO_BODY")
UNDECLARED = evolve(SCALARS["any"], annotation="")
# The argument that sends null in place of a record.
NULL = evolve(SCALARS["null"], argument="NullType", is_nullable=False)
NULL_BODY = Member("body", "body", kind=NULL, description="`NULL` sends null, and no properties.", location="whole")
EXTRA = "Properties of the body that the spec does not declare, by their names in JSON."


@frozen
class SuccessResponse:
    """A successful response.

    Attributes:
        value: The kind of its value.
        body: The kind of its whole body.
        beside_data: The fields of an envelope other than ``success`` and ``data``.
    """

    value: Kind
    body: Kind
    beside_data: tuple[str, ...] = ()


class Function:
    """The function of an operation, for the templates.

    Args:
        name: The name of the function.
        place: The name of the operation, such as "GET /v1/agents".
        node: The operation in normal form.
        kinds: Finds the kinds of its schemas.
        members: The properties of the classes, by the names of the classes.
        token_header: The name of the header that carries the token.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - all that an operation is made of
        self,
        name: str,
        place: str,
        node: Node,
        kinds: Kinds,
        members: Mapping[str, list[Member]],
        token_header: str,
    ) -> None:
        self.name, self.place, self._node = name, place, node
        self.method, _, self.path = place.partition(" ")
        self._kinds, self._members = kinds, members
        self._body: Node = node.get("requestBody", {})
        # The properties of the body that are arguments. None if the body is one argument, or if there is none.
        self._properties = self._members_of(self._body.get("schema", {}))
        token = ("header", token_header.lower())
        nodes = [one for one in node["parameters"] if (one["in"], one["name"].lower()) != token]
        if "schema" in self._body and self._properties is None:
            nodes.append({**self._body, "in": "whole", "name": "body"})
        self.arguments = _named([*map(self._argument, nodes), *self._in_body()])
        responses = node["responses"]
        self.answers = {status: self._answer(responses[status]) for status in success_statuses(node)}
        self.errors = [status for status in responses if status not in self.answers]
        if not self.answers:  # only redirects or errors are declared
            self.answers = {"2XX": SuccessResponse(UNDECLARED, UNDECLARED)}
        self.type = _union(answer.value for answer in self.answers.values())
        self.whole = _union(answer.body for answer in self.answers.values())

    @property
    def endpoint(self) -> dict[str, str]:
        """The arguments of the `Endpoint` with their expressions. Those with the default are left out."""
        arguments = self.arguments
        content_type = self._body.get("content_type", "application/json")
        facts = {
            "locations": {one.name: one.location for one in arguments},
            "names": {one.name: one.spec_name for one in arguments if one.name != one.spec_name},
            "styles": {one.name: one.style for one in arguments if one.style},
            "is_body_optional": self._properties is not None and self._body.get("required") is not True,
            "content_type": "" if is_plain_json(content_type) else content_type,
        }
        types = {status: answer.body.with_null().annotation for status, answer in self.answers.items()}
        answers = ", ".join(f"{literal(status)}: {type_}" for status, type_ in types.items() if type_)
        texts = {"answers": f"{{{answers}}}"}
        if "schema" in self._body:
            kind = self._kinds.of(self._body["schema"])
            texts["body"] = (kind.with_null() if self._properties is None else kind).annotation
        return texts | {name: literal(fact) for name, fact in facts.items() if fact}

    @property
    def parameters(self) -> list[str]:
        """The declarations of the arguments: first of those that are required."""
        return [argument.parameter for argument in sorted(self.arguments, key=lambda argument: not argument.required)]

    @property
    def returned(self) -> str:
        """The annotation of what the function returns."""
        return f"Operation[{self.type}]" if self.type == self.whole else f"Enveloped[{self.type}, {self.whole}]"

    @property
    def docstring(self) -> str:
        """The docstring of the function."""
        texts = {status: description_of(node) for status, node in self._node["responses"].items()}
        fields = dict.fromkeys(f"`{field}`" for answer in self.answers.values() for field in answer.beside_data)
        whole = f"The value is the `data` of the answer. That of `.whole` is the whole body, with {', '.join(fields)}."
        return docstring(
            wrapped(str(self._node.get("summary") or self.place)),
            wrapped(description_of(self._node)),
            wrapped(whole if fields else ""),
            section("Args", {argument.name: argument.description for argument in self.arguments}),
            section("Answers", {status: texts.get(status, "") for status in self.answers}),
            section("Errors", {status: texts[status] for status in self.errors}),
            f"`{self.place}` in openapi.yaml.",
        )

    def _members_of(self, schema: Node) -> list[Member] | None:
        """Return the properties of a record. None for another schema."""
        return self._members.get(self._kinds.classes.name_of(schema))

    def _argument(self, node: Node) -> Member:
        """Return a parameter or a whole body as an argument."""
        forms, location, schema = self._kinds.forms, node["in"], node["schema"]
        kind = self._kinds.of(schema)
        return Member(
            node["name"],
            node["name"],
            kind if location == "whole" else evolve(kind, is_nullable=False),  # null has no encoding in a parameter
            description_of(node, target={**forms.resolved(schema), **schema}),
            required=node.get("required") is True or location == "path",
            location=location,
            style=style_of(node, forms) if location == "query" else "",
        )

    def _in_body(self) -> list[Member]:
        """Return the arguments that are properties of the body, and what may stand beside or in place of them."""
        if self._properties is None:
            return []
        body = self._body["schema"]
        schema, may_be_null = self._kinds.forms.resolved(body), self._kinds.of(body).is_nullable
        needed = schema.get("required", ()) if self._body.get("required") is True and not may_be_null else ()
        found = [
            evolve(member, required=member.spec_name in needed, location="body")
            for member in self._properties
            if not member.read_only
        ]
        if may_be_null:
            found.append(NULL_BODY)
        if schema.get("additionalProperties"):
            others = map_of(self._kinds.others(schema))
            found.append(Member("extra", "extra", kind=others, description=EXTRA, location="extra"))
        return found

    def _answer(self, node: Node) -> SuccessResponse:
        if "schema" not in node:
            return SuccessResponse(NO_BODY, NO_BODY)
        body = self._kinds.of(node["schema"])
        members = {member.spec_name: member for member in self._members_of(node["schema"]) or ()}
        if body.is_nullable or not {"success", "data"} <= members.keys():
            return SuccessResponse(body, body)
        beside_data = tuple(member.name for name, member in members.items() if name not in {"success", "data"})
        return SuccessResponse(members["data"].kind, body, beside_data)


def _named(arguments: list[Member]) -> list[Member]:
    """Return the arguments, each with a name of its own."""
    names = {
        (location, spec_name): name
        for location in LOCATIONS
        for spec_name, name in field_names(one.spec_name for one in arguments if one.location == location).items()
    }
    unique = distinct(names, lambda key: f"{names[key]}_{LOCATIONS[key[0]]}")
    return [evolve(argument, name=unique[argument.location, argument.spec_name]) for argument in arguments]


def _union(kinds: Iterable[Kind]) -> str:
    return " | ".join(dict.fromkeys(kind.with_null().type for kind in kinds))
