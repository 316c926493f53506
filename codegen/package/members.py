"""The properties of a class and the arguments of a function, for the templates."""

from collections.abc import Mapping

from attrs import evolve, frozen

from codegen.package.kinds import Kind, Kinds
from codegen.package.naming import field_names
from codegen.package.texts import description_of, literal


@frozen
class Member:
    """A property of a class, with the field ``name: annotation = value``, or an argument of a function.

    Attributes:
        name: The name in Python.
        spec_name: The name in the spec.
        kind: The kind of its values.
        description: The description for the docstring. May be empty.
        required: Whether the spec requires it.
        read_only: Whether only answers have it (``readOnly``).
        location: Where the argument is; see `Endpoint.locations`.
        style: The style of an argument in the query; see `Endpoint.styles`.
    """

    name: str
    spec_name: str
    kind: Kind
    description: str
    required: bool = False
    read_only: bool = False
    location: str = ""
    style: str = ""

    @property
    def is_never_none(self) -> bool:
        """Whether the field is never None."""
        return self.kind.empty != "None" or (self.required and not self.kind.is_nullable)

    @property
    def annotation(self) -> str:
        """The annotation of the field."""
        return (self.kind if self.is_never_none else evolve(self.kind, is_nullable=True).with_null()).annotation

    @property
    def argument_type(self) -> str:
        """The annotation of the argument. Where None means that it is not sent, null is `NULL`."""
        if self.required or self.kind.type == "Any":
            return self.kind.with_null().argument
        return " | ".join(dict.fromkeys([self.kind.argument, *["NullType"] * self.kind.is_nullable, "None"]))

    @property
    def parameter(self) -> str:
        """The declaration of the argument."""
        return f"{self.name}: {self.argument_type}{'' if self.required else ' = None'}"

    @property
    def value(self) -> str:
        """What is assigned to the field: nothing, its default, or also what its annotation does not say."""
        default = "" if self.required else self.kind.empty
        says_null = self.annotation in {"Any", "None"} or (self.required and self.kind.empty == "None")
        facts = {
            "name": self.spec_name != self.name and self.spec_name,
            "nullable": self.kind.is_nullable and not says_null,
            "read_only": self.read_only,
        }
        metadata = {name: fact for name, fact in facts.items() if fact is not False}  # a name may be empty
        if not metadata:
            return default
        return f"Field({f'default={default}, ' if default else ''}metadata={literal(metadata)})"


def members(kinds: Kinds, cls: str, wording: Mapping[str, str], taken: Mapping[str, list[str]]) -> list[Member]:
    """Return the properties of a class, in the order of the spec.

    A property that is ``writeOnly`` is not required, since answers never have it.

    Args:
        kinds: Finds the kinds of the properties.
        cls: The name of the class.
        wording: Our descriptions for classes and properties that the vendor does not describe.
        taken: The names that the fields of a class cannot have. Those of "every class" are for all.
    """
    schemas, required = (kinds.classes.by_name[cls].schema.get(key, ()) for key in ("properties", "required"))
    fields = field_names(schemas, [*taken.get("every class", ()), *taken.get(cls, ())])
    result = []
    for spec_name, schema in schemas.items():
        text = description_of(schema, wording.get(f"{cls}.{spec_name}"), kinds.forms.resolved(schema))
        is_read_only = schema.get("readOnly") is True
        is_required = spec_name in required and schema.get("writeOnly") is not True
        result.append(Member(fields[spec_name], spec_name, kinds.of(schema), text, is_required, is_read_only))
    return result
