"""The classes of the schemas that have properties, as the templates write them."""

from collections.abc import Mapping

from attrs import frozen
from kinds import Kind, Kinds
from openapi_python_client.parser.properties import ModelProperty
from spec import Spec, resolve
from texts import literal, python_name, said_of, unique


@frozen
class Member:
    """A property of an object, as the field of a class: ``name: type = declaration``."""

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


@frozen
class Model:
    """A class.

    Attributes:
        name: Its name.
        module: The name of its module.
        description: What is said of it.
        members: The properties, in the order of the spec.
        is_open: Whether the spec says that it may have other properties.
    """

    name: str
    module: str
    description: str
    members: list[Member]
    is_open: bool

    @property
    def attributes(self) -> dict[str, str]:
        """What is said of each field."""
        said = {one.name: one.description for one in self.members}
        return {**said, "extra": "Properties that the spec does not know. Read-only."}


def models(kinds: Kinds, wording: Mapping[str, str], taken: Mapping[str, list[str]]) -> dict[str, Model]:
    """Return the classes, by their names.

    Args:
        kinds: Finds the kinds of the properties.
        wording: What documentation says where the vendor says nothing.
        taken: The names that fields cannot have, by class.

    Raises:
        SpecError: two fields have one name, or one cannot be written in Python.
    """
    made = {}
    for name, model in kinds.models.items():
        schema = kinds.schema(model)
        description = said_of(schema, wording.get(name)) or f"`{name}` of openapi.yaml."
        members = _members(kinds, model, wording, [*taken["every class"], *taken.get(name, [])])
        is_open = bool(schema.get("additionalProperties"))
        made[name] = Model(name, str(model.class_info.module_name), description, members, is_open)
    return made


def _members(kinds: Kinds, model: ModelProperty, wording: Mapping[str, str], taken: list[str]) -> list[Member]:
    name = str(model.class_info.name)
    both = [*(model.required_properties or []), *(model.optional_properties or [])]
    parsed = {one.name.get_untrusted_value(): one for one in both}
    schemas = _properties(kinds.spec, kinds.schema(model))
    names = {wire: python_name(wire, taken) for wire in schemas}
    unique([(field, f"{name}.{wire}") for wire, field in names.items()], "field")
    return [
        Member(
            names[wire],
            wire,
            parsed[wire].required,
            schema.get("readOnly") is True,
            kinds.of(parsed[wire], name),
            said_of(schema, wording.get(f"{name}.{wire}"), kinds.schema(parsed[wire])),
        )
        for wire, schema in schemas.items()
    ]


def _properties(spec: Spec, schema: Spec) -> dict[str, Spec]:
    """Return the schemas of an object's properties, in the order of the spec."""
    parts = [_properties(spec, resolve(spec, part)) for part in schema.get("allOf", [])]
    return {name: one for part in [*parts, schema.get("properties", {})] for name, one in part.items()}
