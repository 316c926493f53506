"""The properties of a class and the arguments of a function, for the templates."""

from collections.abc import Mapping

from attrs import frozen

from codegen.document.reading import properties
from codegen.package.kinds import Kind, Kinds
from codegen.package.texts import description_of, literal, python_name, unique


@frozen
class Member:
    """A property of a class, with the field ``name: type = declaration``, or an argument of a function.

    Attributes:
        name: The name in Python.
        spec_name: The name in the spec.
        required: Whether the spec requires it.
        read_only: Whether only answers have it (``readOnly``).
        kind: The kind of its values.
        description: The description for the docstring. May be empty.
    """

    name: str
    spec_name: str
    required: bool
    read_only: bool
    kind: Kind
    description: str

    @property
    def type(self) -> str:
        """The annotation of the field."""
        type_ = self.kind.type
        is_never_none = self.kind.empty != "None" or (self.required and not self.kind.is_nullable)
        return type_ if is_never_none or type_ in {"Any", "None"} else f"{type_} | None"

    @property
    def argument_type(self) -> str:
        """The annotation of the argument. Where None means that it is not sent, null is `NULL`."""
        if self.required or self.kind.type == "Any":
            return self.kind.with_null().argument
        return " | ".join(dict.fromkeys([self.kind.argument, *["NullType"] * self.kind.is_nullable, "None"]))

    @property
    def sent(self) -> str:
        """The expression for the value of the argument that is sent."""
        return f"NULL if {self.name} is None else {self.name}" if self.required and self.kind.is_nullable else self.name

    @property
    def declaration(self) -> str:
        """The declaration of the field."""
        options = [] if self.required else [f"default={self.kind.empty}"]
        options += ["nullable=True"] if self.kind.is_nullable else []
        options += [f"name={literal(self.spec_name)}"] if self.spec_name != self.name else []
        return f"Field({', '.join([self.kind.reader, *options])})"


def members(kinds: Kinds, cls: str, wording: Mapping[str, str], taken: Mapping[str, list[str]]) -> list[Member]:
    """Return the properties of a class, in the order of the spec.

    Args:
        kinds: Finds the kinds of the properties.
        cls: The name of the class.
        wording: Our descriptions for classes and properties that the vendor does not describe.
        taken: The names that fields cannot have, by class.

    Raises:
        SpecError: Two properties would have the same name in Python, or no kind fits the schema of a property.
    """
    model = kinds.models[cls]
    props = [*(model.required_properties or []), *(model.optional_properties or [])]
    parsed = {prop.name.get_untrusted_value(): prop for prop in props}
    result = []
    for spec_name, schema in properties(kinds.spec, kinds.schema(model)).items():
        prop = parsed[spec_name]
        name = python_name(spec_name, [*taken["every class"], *taken.get(cls, [])])
        text = description_of(schema, wording.get(f"{cls}.{spec_name}"), kinds.schema(prop))
        result.append(Member(name, spec_name, prop.required, schema.get("readOnly") is True, kinds.of(prop, cls), text))
    unique([(member.name, f"{cls}.{member.spec_name}") for member in result], "field")
    return result
