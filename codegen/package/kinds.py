"""Finds the kind of each schema: the Python type of its values, their reader, and the type of an argument."""

import re
from collections.abc import Mapping

from attrs import evolve, frozen
from openapi_python_client.config import Config
from openapi_python_client.parser.openapi import GeneratorData
from openapi_python_client.parser.properties import Class, EnumProperty, ModelProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.strings import snake_case

from codegen.document.preparing import NULL_OR
from codegen.document.reading import Node, SpecError, resolve
from codegen.package.texts import description_of, literal


@frozen
class Kind:
    """The representation of the values of a schema in Python code.

    Attributes:
        type: The annotation of a value that has been read.
        reader: The expression for the reader.
        argument: The annotation of an argument.
        name: The name of the method of a `Choice` that reads such a value.
        json: The types that ``json.loads`` gives the values. Empty for any type.
        empty: The expression for an absent value.
        is_nullable: Whether null is allowed. The other attributes do not include null.
    """

    type: str
    reader: str
    argument: str
    name: str
    json: tuple[str, ...] = ()
    empty: str = "None"
    is_nullable: bool = False

    def inside(self, template: "Kind") -> "Kind":
        """Return the kind of a container of these values. ``{}`` in the template stands for a value."""
        parts = ("type", "reader", "argument", "name")
        return evolve(template, **{part: getattr(template, part).format(getattr(self, part)) for part in parts})

    def with_null(self) -> "Kind":
        """Return the kind with null among its values, for values that are not properties."""
        return self.inside(NULLABLE) if self.is_nullable and self.type not in {"Any", "None"} else self


ARRAY = Kind("tuple[{}, ...]", "Array({})", "Sequence[{}]", "array_of_{}", ("list",), empty="()")
MAP = Kind("Mapping[str, {}]", "Map({})", "Mapping[str, {}]", "mapping_of_{}", ("dict",), empty="EMPTY")
NULLABLE = Kind("{} | None", "{} | Null", "{} | None", "{}")
ANYTHING = Kind("Any", "Anything", "Any", "anything", is_nullable=True)
STRING = Kind("str", "String", "str", "string", ("str",))
BOOLEAN = Kind("bool", "Boolean", "bool", "boolean", ("bool",))
INTEGER = Kind("int", "Integer", "int", "integer", ("int", "float"))
NUMBER = Kind("float", "Number", "float", "number", ("int", "float"))
SCALARS = {
    "AnyProperty": ANYTHING,
    "BooleanProperty": BOOLEAN,
    "DateProperty": Kind("datetime.date", "Date", "datetime.date", "date", ("str",)),
    "DateTimeProperty": Kind("datetime.datetime", "DateTime", "datetime.datetime", "date_time", ("str",)),
    "FileProperty": STRING,
    "FloatProperty": NUMBER,
    "IntProperty": INTEGER,
    "NoneProperty": Kind("None", "Null", "None", "null", ("type(None)",), is_nullable=True),
    "StringProperty": STRING,
    "UuidProperty": STRING,
}
CONSTANTS = {str: STRING, bool: BOOLEAN, int: INTEGER, float: NUMBER}


@frozen
class ChoiceClass:
    """A class for a value of one of several kinds that have the same JSON type."""

    module: str
    description: str
    branches: list[Kind]


class Kinds:
    """Finds the kind of each property, parameter, body and answer that the generator parsed.

    Args:
        spec: The document.
        parsed: The result of the generator.
        config: The options of the generator.
        wording: Our descriptions for classes and properties that the vendor does not describe.

    Attributes:
        models: The classes with properties, by their names.
        choices: The choices found so far, by the names of their classes.
    """

    def __init__(self, spec: Node, parsed: GeneratorData, config: Config, wording: Mapping[str, str]) -> None:
        self.spec, self._config, self._wording = spec, config, wording
        self._objects = {str(model.class_info.name): model for model in parsed.models}
        self.models = {
            name: model
            for name, model in self._objects.items()
            if model.required_properties or model.optional_properties
        }
        self._taken = {*self.models, *(str(enum.class_info.name) for enum in parsed.enums)}
        self.choices: dict[str, ChoiceClass] = {}

    def schema(self, prop: PropertyProtocol) -> Node:
        """Return the schema from which the generator parsed a property. Of a reference, return the target."""
        schema = resolve(self.spec, {"$ref": place_of(prop)} if prop.example else None)
        branches = branches_of(prop)
        return self.schema(branches[0]) if len(branches) == 1 and "description" not in schema else schema

    def class_of(self, prop: PropertyProtocol) -> str:
        """Return the name of the class of a property that is an object or null. Empty for other properties."""
        branches = branches_of(prop)
        if len(branches) == 1:
            return self.class_of(branches[0])
        return str(prop.class_info.name) if isinstance(prop, ModelProperty) else ""

    def of(self, prop: PropertyProtocol, owner: str) -> Kind:
        """Return the kind of a property, parameter, body or answer. ``owner`` is the name of its class or operation.

        Raises:
            SpecError: Two enum values or two classes would have the same name in Python.
        """
        kind = self._without_null(prop, owner)
        is_marked = prop.example is not None and prop.example.startswith(NULL_OR)
        return evolve(kind, is_nullable=True) if is_marked else kind

    def _without_null(self, prop: PropertyProtocol, owner: str) -> Kind:
        if isinstance(prop, UnionProperty):
            return self._union(prop, owner)
        if isinstance(prop, ListProperty):
            return self.of(prop.inner_property, owner).with_null().inside(ARRAY)
        if isinstance(prop, ModelProperty):
            return self._object(str(prop.class_info.name))
        if isinstance(prop, EnumProperty):
            return self._enum(prop)
        if isinstance(prop, ConstProperty):
            kind = CONSTANTS[type(prop.value.raw_value)]
            return evolve(kind, reader=f"Listed({kind.reader}, {literal(prop.value.raw_value)})")
        return SCALARS[type(prop).__name__]

    def _object(self, name: str) -> Kind:
        if name in self.models:
            return Kind(name, f"Record({name})", f"{name} | Mapping[str, Any]", snake_case(name), ("dict",))
        return self.others(name)

    def others(self, name: str) -> Kind:
        """Return the kind of the properties of a class that the spec does not declare: a map."""
        values = self._objects[name].additional_properties
        return (self.of(values, name).with_null() if values else ANYTHING).inside(MAP)

    def _enum(self, prop: EnumProperty) -> Kind:
        if prop.value_type is int:
            return evolve(INTEGER, reader=f"Listed(Integer, {', '.join(map(literal, prop.values.values()))})")
        name = str(prop.class_info.name)
        listed = dict.fromkeys(value for value in self.schema(prop).get("enum", []) if value is not None)
        if len(prop.values) < len(listed):
            raise SpecError(f"{place_of(prop)}: two values of the enum have the same name: {', '.join(listed)}")
        return Kind(name, f"Enumeration({name})", f"{name} | str", snake_case(name), ("str",))

    def _union(self, prop: UnionProperty, owner: str) -> Kind:
        branches = [self.of(branch, owner) for branch in branches_of(prop)]
        union = branches[0] if len(branches) == 1 else self._choice(prop, owner, branches)
        has_null = len(branches) < len(prop.inner_properties)
        return evolve(union, is_nullable=has_null or any(kind.is_nullable for kind in [union, *branches]))

    def _choice(self, prop: UnionProperty, owner: str, branches: list[Kind]) -> Kind:
        if not all(kind.json for kind in branches):
            return ANYTHING
        json = tuple(type_ for kind in branches for type_ in kind.json)
        type_, reader, argument = (_joined(branches, part, " | ") for part in ("type", "reader", "argument"))
        if len({*json}) == len(json):  # the branches have different JSON types
            return Kind(type_, reader, argument, _joined(branches, "name", "_or_"), json)
        place = place_of(prop)
        is_component = bool(re.fullmatch("#/components/schemas/[^/]+", place))
        title = place if is_component else f"{owner}_{prop.name.get_untrusted_value()}"
        cls = Class.from_string(string=title, config=self._config)
        name, json = str(cls.name), tuple(dict.fromkeys(json))
        description = description_of(self.schema(prop), self._wording.get(name)) or "A value of several kinds."
        choice = ChoiceClass(str(cls.module_name), description, branches)
        if name in self._taken or self.choices.setdefault(name, choice) != choice:
            raise SpecError(f"{place}: the name {name} is taken; class_overrides of config.yaml can give it another")
        return Kind(name, f"OneOf({name}, {', '.join(json)})", argument, snake_case(name), json)


def place_of(prop: PropertyProtocol) -> str:
    """Return the JSON pointer of the schema from which the generator parsed a property; see preparing.py."""
    return prop.example.get_untrusted_value().removeprefix(NULL_OR) if prop.example else ""


def branches_of(prop: PropertyProtocol) -> list[PropertyProtocol]:
    """Return the branches of a union except null. Empty for other properties."""
    inner = prop.inner_properties if isinstance(prop, UnionProperty) else []
    return [branch for branch in inner if not isinstance(branch, NoneProperty)]


def _joined(kinds: list[Kind], part: str, separator: str) -> str:
    return separator.join(dict.fromkeys(getattr(kind, part) for kind in kinds))
