"""What a schema is in Python: its type, its reader, and what a caller may pass for it."""

import json
from collections.abc import Iterator
from typing import Any

from attrs import Factory, frozen
from openapi_python_client.config import Config
from openapi_python_client.parser import properties as parsed
from openapi_python_client.parser.openapi import GeneratorData
from openapi_python_client.parser.properties import Class, ModelProperty, Property
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.strings import snake_case
from spec import Spec, SpecError, resolve

STRING, INTEGER = "str", "int, float"


@frozen
class Kind:
    """A schema in Python.

    Attributes:
        type: The annotation of a value that was read.
        reader: The expression that reads it.
        argument: The annotation of what a caller may pass.
        name: What a method that reads it is called.
        json: The types that ``json.loads`` gives its values; empty for any.
        classes: The generated classes in it, with their modules.
        empty: What stands for an absent value, if that is not None.
    """

    type: str
    reader: str
    argument: str
    name: str
    json: str = ""
    classes: dict[str, str] = Factory(dict)
    empty: str = ""


SCALARS = {
    "StringProperty": Kind("str", "String", "str", "string", STRING),
    "UuidProperty": Kind("str", "String", "str", "string", STRING),
    "FileProperty": Kind("str", "String", "str", "string", STRING),
    "BooleanProperty": Kind("bool", "Boolean", "bool", "boolean", "bool"),
    "IntProperty": Kind("int", "Integer", "int", "integer", INTEGER),
    "FloatProperty": Kind("float", "Number", "float", "number", INTEGER),
    "DateProperty": Kind("datetime.date", "Date", "datetime.date", "date", STRING),
    "DateTimeProperty": Kind("datetime.datetime", "DateTime", "datetime.datetime", "date_time", STRING),
    "NoneProperty": Kind("None", "Null", "None", "null", "type(None)"),
    "AnyProperty": Kind("Any", "Anything", "Any", "anything"),
}


@frozen
class Choice:
    """A class for a value of several kinds that JSON types do not tell apart."""

    name: str
    module: str
    description: str
    branches: list[Kind]


class Kinds:
    """Finds the kind of each schema that the generator parsed.

    Attributes:
        models: What the generator parsed of each class with properties.
        choices: The classes for choices that were met, by their names.
    """

    def __init__(self, spec: Spec, parsed_spec: GeneratorData, config: Config) -> None:
        self._spec = spec
        self._config = config
        self._all = {str(model.class_info.name): model for model in parsed_spec.models}
        self._schemas = {name: dump(model) for name, model in self._all.items()}
        self._taken = {*self._all, *(str(enum.class_info.name) for enum in parsed_spec.enums)}
        self.models = {name: model for name, model in self._all.items() if self.properties(self._schemas[name])}
        self.choices: dict[str, Choice] = {}

    def schema(self, model: ModelProperty) -> Spec:
        """Return the schema of a class."""
        return self._schemas[model.class_info.name]

    def properties(self, schema: Spec) -> dict[str, Spec]:
        """Return the schemas of an object's properties, in the order of the spec."""
        found: dict[str, Spec] = {}
        for part in schema.get("allOf", []):
            found |= self.properties(resolve(self._spec, part))
        return found | schema.get("properties", {})

    def chain(self, schema: Spec) -> Iterator[Spec]:
        """Yield a schema, and what it refers to when it is nothing but a reference."""
        yield schema
        parts = [*schema.get("allOf", []), *schema.get("oneOf", []), *schema.get("anyOf", [])]
        if "$ref" in schema:
            yield from self.chain(resolve(self._spec, schema))
        elif len(parts) == 1 and "$ref" in parts[0] and "properties" not in schema:
            yield from self.chain(parts[0])

    def is_nullable(self, schema: Spec) -> bool:
        """Tell whether null is allowed."""
        return any("x-nullable" in one for one in self.chain(schema))

    def of(self, prop: Property, schema: Spec, place: str) -> Kind:
        """Return the kind of what the generator parsed; ``schema`` is what it parsed it from."""
        *_, schema = self.chain(schema)
        if isinstance(prop, UnionProperty):
            return self._union(prop, schema, place)
        if isinstance(prop, parsed.ListProperty):
            item = self.inner(prop.inner_property, schema.get("items", {}), f"{place}_item")
            return _container(item, "tuple[{}, ...]", "Array", "Sequence[{}]", "()", "list")
        if isinstance(prop, ModelProperty):
            return self._object(self._all[prop.class_info.name], place)
        if isinstance(prop, parsed.EnumProperty):
            return self._enum(prop, schema, place)
        if isinstance(prop, parsed.ConstProperty):
            name = {str: "String", bool: "Boolean", int: "Integer", float: "Number"}[type(schema["const"])]
            kind = next(one for one in SCALARS.values() if one.reader == name)
            return Kind(kind.type, f"Listed({name}, {literal(schema['const'])})", kind.type, kind.name, kind.json)
        return SCALARS[type(prop).__name__]

    def inner(self, prop: Property, schema: Spec, place: str) -> Kind:
        """Return the kind of what is no property itself, and may be null."""
        kind = self.of(prop, schema, place)
        if not self.is_nullable(schema) or kind.type == "Any":
            return kind
        types = (f"{kind.type} | None", f"Nullable({kind.reader})", f"{kind.argument} | None")
        return Kind(*types, kind.name, f"{kind.json}, type(None)", kind.classes)

    def _object(self, model: ModelProperty, place: str) -> Kind:
        name, module = str(model.class_info.name), str(model.class_info.module_name)
        if name in self.models:
            argument = f"{name} | Mapping[str, Any]"
            return Kind(name, f"Record({name})", argument, snake_case(name), "dict", {name: module})
        values = self.schema(model).get("additionalProperties")
        inner = SCALARS["AnyProperty"]
        if model.additional_properties is not None and isinstance(values, dict):
            inner = self.inner(model.additional_properties, values, f"{place}_value")
        return _container(inner, "Mapping[str, {}]", "Map", "Mapping[str, {}]", "EMPTY", "dict")

    def _enum(self, prop: parsed.EnumProperty, schema: Spec, place: str) -> Kind:
        values = schema.get("enum", [])
        if prop.value_type is int:
            listed = ", ".join(map(literal, values))
            return Kind("int", f"Listed(Integer, {listed})", "int", "integer", INTEGER)
        kept = [json.loads(f'"{value}"') for value in prop.values.values()]
        if values and sorted(kept) != sorted(set(values)):
            raise SpecError(f"{place}: the values of the enum give no name each: {', '.join(sorted(set(values)))}")
        name = str(prop.class_info.name)
        classes = {name: str(prop.class_info.module_name)}
        return Kind(name, f"Enumeration({name})", f"{name} | str", snake_case(name), STRING, classes)

    def _union(self, prop: UnionProperty, schema: Spec, place: str) -> Kind:
        types = [{**schema, "type": one} for one in schema.get("type", [])] if isinstance(schema.get("type"), list) else []
        raw = {
            f"{prop.name.get_untrusted_value()}_type_{index}": one
            for index, one in enumerate([*schema.get("anyOf", []), *schema.get("oneOf", []), *types])
        }
        branches: list[Kind] = []
        for inner in prop.inner_properties:
            name = inner.name.get_untrusted_value()
            kind = self.inner(inner, raw.get(name, {}), place)
            branches += [kind] if kind not in branches else []
        if any(not kind.json for kind in branches):
            return SCALARS["AnyProperty"]
        classes = {name: module for kind in branches for name, module in kind.classes.items()}
        argument = " | ".join(dict.fromkeys(part for kind in branches for part in kind.argument.split(" | ")))
        json_types = [one for kind in branches for one in kind.json.split(", ")]
        if len(set(json_types)) == len(json_types):
            union, reader = (" | ".join(getattr(kind, part) for kind in branches) for part in ("type", "reader"))
            return Kind(union, reader, argument, "_or_".join(kind.name for kind in branches), ", ".join(json_types), classes)
        made = Class.from_string(string=place, config=self._config)
        name, module = str(made.name), str(made.module_name)
        if name in self._taken and name not in self.choices:
            raise SpecError(f"{place}: the name {name} is taken; give it another in class_overrides of config.yaml")
        self.choices[name] = Choice(name, module, schema.get("description", ""), branches)
        types_text = ", ".join(dict.fromkeys(json_types))
        return Kind(name, f"OneOf({name}, {types_text})", argument, snake_case(name), types_text, {name: module})


def _container(inner: Kind, type_: str, reader: str, argument: str, empty: str, json_type: str) -> Kind:
    name = {"Array": "array_of_", "Map": "mapping_of_"}[reader] + inner.name
    return Kind(
        type_.format(inner.type),
        f"{reader}({inner.reader})",
        argument.format(inner.argument),
        name,
        json_type,
        inner.classes,
        empty,
    )


def dump(model: ModelProperty) -> Spec:
    """Return the schema that the generator made a class of."""
    schema: dict[str, Any] = model.data.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return schema


def literal(value: Any) -> str:
    """Return a JSON value as Python code: text of the spec stays text."""
    return ascii(value)
