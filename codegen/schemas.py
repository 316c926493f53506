"""Finds what each schema is in Python, from what the generator parsed of it."""

import json
from collections.abc import Iterator, Mapping

from attrs import evolve
from kinds import ANYTHING, ARRAY, CONSTANTS, INTEGER, MAP, NULLABLE, SCALARS, Choice, Kind, Member
from names import python_name, unique
from openapi_python_client.config import Config
from openapi_python_client.parser.openapi import GeneratorData
from openapi_python_client.parser.properties import Class, EnumProperty, ModelProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.strings import snake_case
from spec import Spec, SpecError, resolve
from texts import literal


class Schemas:
    """Finds the kind of each schema that the generator parsed.

    Args:
        spec: The document, as it was prepared for the generator.
        parsed: What the generator made of it.
        config: The generator's options.
        wording: What documentation says where the vendor says nothing.
        taken: The names that fields cannot have, by class.

    Attributes:
        models: What the generator parsed of each class with properties.
        choices: The classes for choices that were met, by their names.
    """

    def __init__(
        self,
        spec: Spec,
        parsed: GeneratorData,
        config: Config,
        *,
        wording: Mapping[str, str],
        taken: Mapping[str, list[str]],
    ) -> None:
        self.spec, self.wording, self._config, self._taken_names = spec, wording, config, taken
        self._all = {str(model.class_info.name): model for model in parsed.models}
        self._raw = {
            name: model.data.model_dump(mode="json", by_alias=True, exclude_unset=True)
            for name, model in self._all.items()
        }
        self.models = {name: model for name, model in self._all.items() if self.properties(self._raw[name])}
        self._taken = {*self.models, *(str(enum.class_info.name) for enum in parsed.enums)}
        self.choices: dict[str, Choice] = {}

    def properties(self, schema: Spec) -> dict[str, Spec]:
        """Return the schemas of an object's properties, in the order of the spec."""
        inherited = [self.properties(resolve(self.spec, part)) for part in schema.get("allOf", [])]
        return {name: one for part in [*inherited, schema.get("properties", {})] for name, one in part.items()}

    def chain(self, schema: Spec) -> Iterator[Spec]:
        """Yield a schema, and what it refers to when it is nothing but a reference."""
        yield schema
        parts = [*schema.get("allOf", []), *schema.get("oneOf", []), *schema.get("anyOf", [])]
        if "$ref" in schema:
            yield from self.chain(resolve(self.spec, schema))
        elif len(parts) == 1 and "$ref" in parts[0] and "properties" not in schema:
            yield from self.chain(parts[0])

    def described(self, key: str, *schemas: Spec) -> str:
        """Return what the vendor says of something, or what we say, or what the vendor says of what it refers to."""
        first, *others = [one for schema in schemas for one in self.chain(schema)]
        texts = [first.get("description"), self.wording.get(key), *(one.get("description") for one in others)]
        text = next((str(one).strip() for one in texts if one), "")
        return f"Deprecated. {text}".strip() if first.get("deprecated") is True else text

    def members(self, cls: str) -> list[Member]:
        """Return the properties of a class, in the order of the spec.

        Raises:
            SpecError: two have one name.
        """
        model, taken = self.models[cls], [*self._taken_names["every class"], *self._taken_names.get(cls, [])]
        both = [*(model.required_properties or []), *(model.optional_properties or [])]
        parsed = {one.name.get_untrusted_value(): one for one in both}
        schemas = self.properties(self._raw[cls])
        names = {wire: python_name(wire, taken) for wire in schemas}
        unique([(name, f"{cls}.{wire}") for wire, name in names.items()], "field")
        return [self._member(parsed[wire], names[wire], one, f"{cls}.{wire}") for wire, one in schemas.items()]

    def _member(self, prop: PropertyProtocol, name: str, schema: Spec, place: str) -> Member:
        kind, wire = self.of(prop, schema, place), prop.name.get_untrusted_value()
        nullable = kind.type == "Any" or any("x-nullable" in one for one in self.chain(schema))
        read_only, text = schema.get("readOnly") is True, self.described(place, schema)
        return Member(name, wire, prop.required, nullable, read_only, kind, text)

    def is_open(self, name: str) -> bool:
        """Tell whether the spec says of a class that it may have other properties."""
        return bool(self._raw[name].get("additionalProperties"))

    def class_description(self, name: str) -> str:
        """Return what is said of a class."""
        return self.described(name, self._raw[name]) or f"`{name}` of openapi.yaml."

    def model_of(self, prop: PropertyProtocol) -> str | None:
        """Return the name of the class with properties that something is parsed as, if it is one."""
        name = str(prop.class_info.name) if isinstance(prop, ModelProperty) else None
        return name if name in self.models else None

    def of(self, prop: PropertyProtocol, schema: Spec, place: str) -> Kind:
        """Return the kind of what the generator parsed; ``schema`` is what it parsed it from.

        Raises:
            SpecError: it cannot be written in Python.
        """
        *references, schema = self.chain(schema)
        if isinstance(prop, UnionProperty):
            named = [one["$ref"].rpartition("/")[2] for one in references if "$ref" in one]
            return self._union(prop, schema, [place, *named][-1])
        if isinstance(prop, ListProperty):
            return self.item(prop.inner_property, schema.get("items", {}), place).inside(ARRAY)
        if isinstance(prop, ModelProperty):
            return self._object(prop, place)
        if isinstance(prop, EnumProperty):
            return self._enum(prop, schema, place)
        if isinstance(prop, ConstProperty):
            kind = SCALARS[CONSTANTS[type(schema["const"])]]
            return evolve(kind, reader=f"Listed({kind.reader}, {literal(schema['const'])})")
        return SCALARS[type(prop).__name__]

    def item(self, prop: PropertyProtocol, schema: Spec, place: str) -> Kind:
        """Return the kind of what is no property, and None where it may be null."""
        kind = self.of(prop, schema, place)
        nullable = kind.type != "Any" and any("x-nullable" in one for one in self.chain(schema))
        return evolve(kind.inside(NULLABLE), json=(*kind.json, "type(None)")) if nullable else kind

    def _object(self, prop: ModelProperty, place: str) -> Kind:
        name, module = str(prop.class_info.name), str(prop.class_info.module_name)
        if name in self.models:
            return Kind(
                name, f"Record({name})", f"{name} | Mapping[str, Any]", snake_case(name), ("dict",), {name: module}
            )
        values, parsed = self._raw[name].get("additionalProperties"), self._all[name].additional_properties
        return (self.item(parsed, values, place) if parsed and isinstance(values, dict) else ANYTHING).inside(MAP)

    def _enum(self, prop: EnumProperty, schema: Spec, place: str) -> Kind:
        values = schema.get("enum", [])
        if prop.value_type is int:
            return evolve(INTEGER, reader=f"Listed(Integer, {', '.join(map(literal, values))})")
        kept = {json.loads(f'"{value}"') for value in prop.values.values()}
        if kept != set(values):
            raise SpecError(f"{place}: two values of the enum have one name, or one has none: {', '.join(values)}")
        name = str(prop.class_info.name)
        classes = {name: str(prop.class_info.module_name)}
        return Kind(name, f"Enumeration({name})", f"{name} | str", snake_case(name), ("str",), classes)

    def _union(self, prop: UnionProperty, schema: Spec, place: str) -> Kind:
        raw = [*schema.get("anyOf", []), *schema.get("oneOf", [])]
        by_name = {f"{prop.name.get_untrusted_value()}_type_{index}": one for index, one in enumerate(raw)}
        branches = [
            self.item(one, by_name.get(one.name.get_untrusted_value(), {}), place) for one in prop.inner_properties
        ]
        json_types = [one for kind in branches for one in kind.json]
        if any(not kind.json for kind in branches):
            return ANYTHING
        classes = {name: module for kind in branches for name, module in kind.classes.items()}
        argument = " | ".join(dict.fromkeys(kind.argument for kind in branches))
        if len(set(json_types)) == len(json_types):
            type_, reader = (" | ".join(getattr(kind, part) for kind in branches) for part in ("type", "reader"))
            return Kind(
                type_, reader, argument, "_or_".join(kind.name for kind in branches), tuple(json_types), classes
            )
        made = Class.from_string(string=place, config=self._config)
        name = str(made.name)
        if name in self._taken:
            raise SpecError(f"{place}: the name {name} is taken; give it another in class_overrides of config.yaml")
        text = self.described(name, schema) or "A value of several kinds."
        self.choices[name] = Choice(name, str(made.module_name), text, branches)
        types = tuple(dict.fromkeys(json_types))
        reader = f"OneOf({name}, {', '.join(types)})"
        return Kind(name, reader, argument, snake_case(name), types, {**classes, name: str(made.module_name)})
