"""The functions of the operations, for the templates."""

import re
from collections.abc import Mapping

from attrs import evolve, frozen

from codegen.document.reading import Node
from codegen.document.served import style_of, success_statuses
from codegen.package.kinds import SCALARS, Kind, Kinds, map_of
from codegen.package.members import Member
from codegen.package.naming import distinct, field_names
from codegen.package.texts import description_of, docstring, literal, section, wrapped

# The locations of arguments. Of those with one name in Python, the first keeps it.
LOCATIONS = ("whole", "path", "query", "header", "body")
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
        kinds: Finds the kinds of its schemas.
        members: The properties of the classes, by the names of the classes.
        name: The name of the function.
        place: The path, the method in lower case and the node of the operation, which is in normal form.
        token_header: The name of the header that carries the token.
    """

    def __init__(
        self,
        kinds: Kinds,
        members: Mapping[str, list[Member]],
        name: str,
        place: tuple[str, str, Node],
        token_header: str,
    ) -> None:
        self._kinds, self._members, self.name = kinds, members, name
        self.path, method, self._operation = place
        self.method = method.upper()
        self.place = f"{self.method} {self.path}"
        token = ("header", token_header.lower())
        self._nodes = [node for node in self._operation["parameters"] if (node["in"], node["name"].lower()) != token]
        self._body: Node = self._operation.get("requestBody", {})
        self._schema: Node | None = self._body.get("schema")
        # The class whose properties are arguments. Empty if the body is one argument.
        self._record = "" if self._schema is None else kinds.classes.name_of(self._schema)
        self._record = self._record if self._record in members else ""
        self.arguments = self._named([*map(self._parameter, self._nodes), *self._in_body()])
        self.arguments += self._extra()
        statuses, responses = success_statuses(self._operation), self._operation["responses"]
        self.answers = {status: self._answer(responses[status]) for status in statuses}
        self.errors = tuple(status for status in responses if status not in statuses)
        if not self.answers:  # only redirects or errors are declared
            self.answers = {"2XX": SuccessResponse(UNDECLARED, UNDECLARED)}
        self.type = " | ".join(dict.fromkeys(answer.value.with_null().type for answer in self.answers.values()))
        self.whole = " | ".join(dict.fromkeys(answer.body.with_null().type for answer in self.answers.values()))

    @property
    def endpoint(self) -> dict[str, str]:
        """The arguments of the `Endpoint` with their expressions. Those with the default are left out."""
        styles = {node["name"]: style_of(node, self._kinds.forms) for node in self._nodes if node["in"] == "query"}
        in_query = {
            argument.name: styles[argument.spec_name] for argument in self.arguments if argument.location == "query"
        }
        content_type = self._body.get("content_type", "application/json")
        facts = {
            "errors": self.errors,
            "locations": {argument.name: argument.location for argument in self.arguments},
            "names": {
                argument.name: argument.spec_name for argument in self.arguments if argument.name != argument.spec_name
            },
            "styles": {name: style for name, style in in_query.items() if style},
            "is_body_optional": bool(self._record) and self._body.get("required") is not True,
            "content_type": "" if re.match(r"application/json|.*\*", content_type) else content_type,
        }
        types = {status: answer.body.with_null().annotation for status, answer in self.answers.items()}
        answers = ", ".join(f"{literal(status)}: {type_}" for status, type_ in types.items() if type_)
        texts = {"answers": f"{{{answers}}}"}
        if self._schema is not None:
            kind = self._kinds.of(self._schema)
            texts["body"] = (kind if self._record else kind.with_null()).annotation
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

    def _argument(self, name: str, location: str, node: Node, schema: Node) -> Member:
        """Return a parameter or a whole body as an argument. ``node`` is the node that has the schema."""
        words = {**self._kinds.forms.resolved(schema), **schema}
        is_required, text = node.get("required") is True or location == "path", description_of(node, target=words)
        return Member(name, name, self._kinds.of(schema), text, required=is_required, location=location)

    def _parameter(self, node: Node) -> Member:
        argument = self._argument(node["name"], node["in"], node, node["schema"])
        return evolve(argument, kind=evolve(argument.kind, is_nullable=False))  # null has no encoding there

    def _in_body(self) -> list[Member]:
        """Return the arguments that are in the body: its properties, if it is a record."""
        if self._schema is None:
            return []
        if not self._record:
            return [self._argument("body", "whole", self._body, self._schema)]
        schema, is_nullable = self._kinds.forms.resolved(self._schema), self._kinds.of(self._schema).is_nullable
        needed = schema.get("required", ()) if self._body.get("required") is True and not is_nullable else ()
        writable = [member for member in self._members[self._record] if not member.read_only]
        properties = [evolve(member, required=member.spec_name in needed, location="body") for member in writable]
        return [*properties, *[NULL_BODY] * is_nullable]

    def _extra(self) -> list[Member]:
        """Return the argument for the properties that a body may have beside the declared ones, if it may."""
        record = self._kinds.forms.resolved(self._schema or {})
        if not self._record or not record.get("additionalProperties"):
            return []
        name, kind = (
            field_names(["extra"], {argument.name for argument in self.arguments})["extra"],
            self._kinds.others(record),
        )
        return [Member(name, name, kind=map_of(kind), description=EXTRA, location="extra")]

    def _named(self, arguments: list[Member]) -> list[Member]:
        """Return the arguments, each with a name of its own."""
        names = {
            (location, spec_name): name
            for location in LOCATIONS
            for spec_name, name in field_names(one.spec_name for one in arguments if one.location == location).items()
        }
        unique = distinct(names, lambda key: f"{names[key]}_{key[0]}")
        return [evolve(argument, name=unique[argument.location, argument.spec_name]) for argument in arguments]

    def _answer(self, node: Node) -> SuccessResponse:
        schema = node.get("schema")
        if schema is None:
            return SuccessResponse(NO_BODY, NO_BODY)
        body = self._kinds.of(schema)
        members = {member.spec_name: member for member in self._members.get(self._kinds.classes.name_of(schema), [])}
        if body.is_nullable or not {"success", "data"} <= members.keys():
            return SuccessResponse(body, body)
        beside_data = tuple(member.name for name, member in members.items() if name not in {"success", "data"})
        return SuccessResponse(members["data"].kind, body, beside_data)
