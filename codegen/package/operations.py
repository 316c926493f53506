"""The functions of the operations, for the templates."""

from collections.abc import Mapping

from attrs import evolve, frozen

from codegen.document.reading import Node
from codegen.document.served import style_of, success_statuses
from codegen.package.kinds import ANYTHING, SCALARS, Kind, Kinds, map_of
from codegen.package.members import Member
from codegen.package.naming import distinct, field_names
from codegen.package.texts import description_of, docstring, literal, section, wrapped

# The locations of arguments. Of those with one name in Python, the first keeps it.
LOCATIONS = ("whole", "path", "query", "header", "body")
NULL_TYPE = evolve(SCALARS["null"], argument="NullType", is_nullable=False)
NULL_BODY = Member(
    "body",
    "body",
    required=False,
    kind=NULL_TYPE,
    description="`NULL` sends null, and no properties.",
    location="whole",
)
EXTRA = "Properties of the body that the spec does not declare, by their names in JSON."


@frozen
class SuccessResponse:
    """A successful response.

    Attributes:
        annotation: The annotation of its whole body, or `NO_BODY`. Empty if no answer is declared.
        type: The type of its value.
        whole: The type of its whole body.
        kinds: The kinds of its value and of its whole body.
        beside_data: The fields of an envelope other than ``success`` and ``data``.
    """

    annotation: str
    type: str
    whole: str
    kinds: tuple[Kind, Kind]
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
        self._parameters = [
            node for node in self._operation["parameters"] if (node["in"], node["name"].lower()) != token
        ]
        self._body: Node = self._operation.get("requestBody", {})
        self.arguments = self._named([*map(self._parameter, self._parameters), *self._in_body()])
        self.arguments += self._extra()
        answers, statuses = self._operation["responses"], success_statuses(self._operation)
        self.answers = {status: self._answer(answers[status]) for status in statuses}
        self.errors = tuple(status for status in answers if status not in statuses)
        if not self.answers:  # only redirects or errors are declared
            self.answers = {"2XX": SuccessResponse("", "Any", "Any", (ANYTHING, ANYTHING))}
        self.type = " | ".join(dict.fromkeys(answer.type for answer in self.answers.values()))
        self.whole = " | ".join(dict.fromkeys(answer.whole for answer in self.answers.values()))

    @property
    def endpoint(self) -> dict[str, str]:
        """The arguments of the `Endpoint` with their expressions. Those with the default are left out."""
        content_type = self._body.get("content_type", "application/json")
        is_usual = content_type.startswith("application/json") or "*" in content_type
        styles = {node["name"]: style_of(node, self._kinds.forms) for node in self._parameters if node["in"] == "query"}
        by_name = {one.name: styles.get(one.spec_name) for one in self.arguments if one.location == "query"}
        facts = {
            "errors": self.errors,
            "locations": {one.name: one.location for one in self.arguments},
            "names": {one.name: one.spec_name for one in self.arguments if one.name != one.spec_name},
            "styles": {name: style for name, style in by_name.items() if style},
            "is_body_optional": self._body.get("required") is not True and self._body_class() in self._members,
            "content_type": "" if is_usual else content_type,
        }
        types = {status: answer.annotation for status, answer in self.answers.items() if answer.annotation}
        answers = ", ".join(f"{literal(status)}: {type_}" for status, type_ in types.items())
        texts = {"answers": f"{{{answers}}}", "body": self._body_annotation()}
        texts |= {name: literal(fact) for name, fact in facts.items() if fact}
        return {name: text for name, text in texts.items() if text}

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

    def _argument(self, name: str, location: str, node: Node, schema: Node) -> Member:
        """Return a parameter or a whole body as an argument. ``node`` is the node that has the schema."""
        words = {**self._kinds.forms.resolved(schema), **schema}
        is_required, text = node.get("required") is True or location == "path", description_of(node, target=words)
        return Member(name, name, is_required, self._kinds.of(schema), text, location=location)

    def _parameter(self, node: Node) -> Member:
        argument = self._argument(node["name"], node["in"], node, node["schema"])
        return evolve(argument, kind=evolve(argument.kind, is_nullable=False))  # null has no encoding there

    def _in_body(self) -> list[Member]:
        """Return the arguments that are in the body: its properties, if it is a record."""
        schema = self._body.get("schema")
        if schema is None:
            return []
        name = self._kinds.classes.name_of(schema)
        if name not in self._members:
            return [self._argument("body", "whole", self._body, schema)]
        is_nullable = self._kinds.of(schema).is_nullable
        is_required = self._body.get("required") is True and not is_nullable
        needed = self._kinds.forms.resolved(schema).get("required", ()) if is_required else ()
        writable = [member for member in self._members[name] if not member.read_only]
        properties = [evolve(one, required=one.spec_name in needed, location="body") for one in writable]
        return [*properties, *[NULL_BODY] * is_nullable]

    def _body_class(self) -> str:
        schema = self._body.get("schema")
        return "" if schema is None else self._kinds.classes.name_of(schema)

    def _body_annotation(self) -> str:
        """Return the annotation of the body. Null is among it, unless properties are arguments."""
        schema = self._body.get("schema")
        if schema is None:
            return ""
        kind = self._kinds.of(schema)
        return kind.annotation if self._body_class() in self._members else kind.with_null().annotation

    def _extra(self) -> list[Member]:
        """Return the argument for the properties that a body may have beside the declared ones, if it may."""
        record = self._kinds.forms.resolved(self._body.get("schema") or {})
        if self._kinds.forms.of(record) != "record" or not record.get("additionalProperties"):
            return []
        name = field_names(["extra"], {argument.name for argument in self.arguments})["extra"]
        kind = map_of(self._kinds.others(record))
        return [Member(name, name, required=False, kind=kind, description=EXTRA, location="extra")]

    def _named(self, arguments: list[Member]) -> list[Member]:
        """Return the arguments, each with a name of its own."""
        names = {
            (location, spec_name): name
            for location in LOCATIONS
            for spec_name, name in field_names(one.spec_name for one in arguments if one.location == location).items()
        }
        unique = distinct(names, lambda key: f"{names[key]}_{key[0]}")
        return [evolve(one, name=unique[one.location, one.spec_name]) for one in arguments]

    def _answer(self, node: Node) -> SuccessResponse:
        schema = node.get("schema")
        if schema is None:
            return SuccessResponse("NO_BODY", "None", "None", (SCALARS["null"], SCALARS["null"]))
        kind = self._kinds.of(schema)
        members = {member.spec_name: member for member in self._members.get(self._kinds.classes.name_of(schema), [])}
        if kind.is_nullable or not {"success", "data"} <= members.keys():
            whole = kind.with_null()
            return SuccessResponse(whole.annotation, whole.type, whole.type, (kind, kind))
        data = members["data"].kind
        beside_data = tuple(member.name for name, member in members.items() if name not in {"success", "data"})
        return SuccessResponse(kind.annotation, data.with_null().type, kind.type, (data, kind), beside_data)
