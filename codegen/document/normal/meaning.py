"""What a schema says of its values, and what two schemas say of them together."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import chain
from typing import Any, Union

from attrs import evolve, field, frozen
from osvi_runtime.formats import CONVERTED

from codegen.document.reading import Node

# A schema is a list of nodes, which all apply. Where a node may stand, its meaning may stand too. No nodes: any value.
Schema = tuple[Union[Node, "Meaning"], ...]

# The formats that decide the type of a string. The others are annotations.
DECISIVE = {one.name for one in CONVERTED}


@frozen(eq=False)
class Meaning:
    """What a schema says of its values. A part is None or empty if the schema says nothing of it.

    Attributes:
        null: Whether null is allowed. The other parts do not concern null.
        types: The JSON types without null. Empty if no other value is allowed.
        values: The values of ``enum`` or ``const`` without null.
        is_const: Whether the value comes from ``const``.
        format: The format.
        properties: The schemas of the properties.
        required: The names of the required properties.
        additional: The schema of the other properties.
        items: The schema of the items.
        unions: The branches of each ``anyOf`` and ``oneOf``. A value fits one branch of each.
        words: The annotations.
    """

    null: bool | None = None
    types: tuple[str, ...] | None = None
    values: tuple[Any, ...] | None = None
    is_const: bool = False
    format: str = ""
    properties: Mapping[str, Schema] = field(factory=dict)
    required: tuple[str, ...] = ()
    additional: Schema | None = None
    items: Schema | None = None
    unions: tuple[tuple[Schema, ...], ...] = ()
    words: Mapping[str, Any] = field(factory=dict)

    @cached_property
    def base(self) -> "Meaning":
        """The meaning without its unions and words."""
        return evolve(self, unions=(), words={})

    @property
    def is_never(self) -> bool:
        """Whether no value except null is allowed."""
        return self.types == () or self.values == ()

    @property
    def json_types(self) -> tuple[str, ...] | None:
        """The types, or those that the other keywords imply. None for any type."""
        if self.types is not None:
            return self.types
        if self.values:
            return tuple(dict.fromkeys(map(type_of, self.values)))
        if self.properties or self.required or self.additional:
            return ("object",)
        return ("array",) if self.items is not None else ("string",) if self.format in DECISIVE else None


NEVER = Meaning(types=())


def meet(one: Meaning, two: Meaning) -> Meaning:
    """Return what two schemas say together. The words of the second come first.

    A property that one of them declares is not restricted by ``additionalProperties`` of the other.
    """
    types = _common(one.types, two.types, _common_types)
    values = _common(one.values, two.values, _common_values)
    nulls = {one.null, two.null}
    return Meaning(
        null=False if False in nulls else True if True in nulls else None,
        types=types,
        values=of_types(values, types) if values is not None and types is not None else values,
        is_const=one.is_const or two.is_const,
        format=next((format_ for format_ in (two.format, one.format) if format_ in DECISIVE), two.format or one.format),
        properties={**one.properties, **two.properties}
        | {name: both(one.properties[name], two.properties[name]) for name in one.properties if name in two.properties},
        required=tuple(dict.fromkeys([*one.required, *two.required])),
        additional=_common(one.additional, two.additional, both),
        items=_common(one.items, two.items, both),
        unions=tuple({tuple(map(key_of, union)): union for union in (*one.unions, *two.unions)}.values()),
        words={**one.words, **two.words},
    )


def both(one: Schema, two: Schema) -> Schema:
    """Return the schema of the values that fit two schemas."""
    return tuple({id(node): node for node in chain(one, two)}.values())


def key_of(schema: Schema) -> tuple[int, ...]:
    """Return what tells a schema from others, for as long as its nodes exist."""
    return tuple(map(id, schema))


def type_of(value: Any) -> str:
    """Return the JSON type of a scalar value."""
    if isinstance(value, float):
        return "integer" if value.is_integer() else "number"
    return "boolean" if isinstance(value, bool) else "string" if isinstance(value, str) else "integer"


def of_types(values: Iterable[Any], types: Iterable[str]) -> tuple[Any, ...]:
    """Return the values that have one of the types."""
    return tuple(value for value in values if is_among(type_of(value), types))


def is_among(type_: str, types: Iterable[str]) -> bool:
    """Return whether the values of a type have one of the types. An integer is a number."""
    return type_ in types or (type_ == "integer" and "number" in types)


def _common(one: Any, two: Any, combine: Any) -> Any:
    return two if one is None else one if two is None else combine(one, two)


def _common_types(one: tuple[str, ...], two: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(type_ for type_ in dict.fromkeys([*one, *two]) if is_among(type_, one) and is_among(type_, two))


def _common_values(one: tuple[Any, ...], two: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(value for value in one if any(value == other and type_of(value) == type_of(other) for other in two))
