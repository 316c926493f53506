"""The properties of a class, and the arguments of a function, as the templates write them."""

from collections.abc import Mapping

from attrs import frozen
from kinds import Kind, Kinds
from spec import Spec, resolve
from texts import literal, python_name, said_of, unique


@frozen
class Member:
    """A property as the field of a class, ``name: type = declaration``, or as an argument.

    Attributes:
        name: Its name in Python.
        wire: Its name in the spec.
        required: Whether the spec requires it.
        read_only: Whether only answers have it.
        kind: The kind of its values.
        description: What the documentation says of it; may be empty.
    """

    name: str
    wire: str
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
    def declaration(self) -> str:
        """The declaration of the field."""
        options = [] if self.required else [f"default={self.kind.empty}"]
        options += ["nullable=True"] if self.kind.is_nullable else []
        options += [f"name={literal(self.wire)}"] if self.wire != self.name else []
        return f"Field({', '.join([self.kind.reader, *options])})"


def members(kinds: Kinds, cls: str, wording: Mapping[str, str], taken: Mapping[str, list[str]]) -> list[Member]:
    """Return the properties of a class, in the order of the spec.

    Args:
        kinds: Finds their kinds.
        cls: The name of the class.
        wording: Our descriptions of what the vendor does not describe.
        taken: The names that fields cannot have, by class.

    Raises:
        SpecError: Two properties have one name, or one cannot be written in Python.
    """
    model = kinds.models[cls]
    both = [*(model.required_properties or []), *(model.optional_properties or [])]
    parsed = {one.name.get_untrusted_value(): one for one in both}
    made = []
    for wire, schema in _properties(kinds.spec, kinds.schema(model)).items():
        prop = parsed[wire]
        name = python_name(wire, [*taken["every class"], *taken.get(cls, [])])
        text = said_of(schema, wording.get(f"{cls}.{wire}"), kinds.schema(prop))
        made.append(Member(name, wire, prop.required, schema.get("readOnly") is True, kinds.of(prop, cls), text))
    unique([(one.name, f"{cls}.{one.wire}") for one in made], "field")
    return made


def _properties(spec: Spec, schema: Spec) -> dict[str, Spec]:
    """Return the schemas of an object's properties, in the order of the spec."""
    parts = [_properties(spec, resolve(spec, part)) for part in schema.get("allOf", [])]
    return {name: one for part in [*parts, schema.get("properties", {})] for name, one in part.items()}
