"""The properties of a class, and the arguments of a function, as the templates write them."""

from collections.abc import Mapping

from attrs import frozen
from kinds import Kind, Kinds
from spec import Spec, resolve
from texts import description_of, literal, python_name, unique


@frozen
class Member:
    """A property as the field of a class, ``name: type = declaration``, or as an argument.

    Attributes:
        name: Its name in Python.
        spec_name: Its name in the spec.
        required: Whether the spec requires it.
        read_only: Whether only answers have it.
        kind: The kind of its values.
        description: What the documentation says of it; may be empty.
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
    def declaration(self) -> str:
        """The declaration of the field."""
        options = [] if self.required else [f"default={self.kind.empty}"]
        options += ["nullable=True"] if self.kind.is_nullable else []
        options += [f"name={literal(self.spec_name)}"] if self.spec_name != self.name else []
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
    for spec_name, schema in _properties(kinds.spec, kinds.schema(model)).items():
        prop = parsed[spec_name]
        name = python_name(spec_name, [*taken["every class"], *taken.get(cls, [])])
        text = description_of(schema, wording.get(f"{cls}.{spec_name}"), kinds.schema(prop))
        made.append(Member(name, spec_name, prop.required, schema.get("readOnly") is True, kinds.of(prop, cls), text))
    unique([(one.name, f"{cls}.{one.spec_name}") for one in made], "field")
    return made


def _properties(spec: Spec, schema: Spec) -> dict[str, Spec]:
    """Return the schemas of an object's properties, in the order of the spec."""
    parts = [_properties(spec, resolve(spec, part)) for part in schema.get("allOf", [])]
    return {name: one for part in [*parts, schema.get("properties", {})] for name, one in part.items()}
