"""What a schema says of its values, and what two schemas say of them together."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from attrs import define, evolve, field, frozen

from codegen.document.reading import Node

T = TypeVar("T")

# A schema: parts that all apply. No part: any value.
Schema = tuple["Part", ...]

TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}


@define(eq=False)
class Part:
    """A node of a document in the place of a schema.

    Attributes:
        node: The node.
        ref: The reference to it, if it was found by one.
        meaning: What it says, once it is read.
    """

    node: Node
    ref: str = ""
    meaning: "Meaning | None" = None


@frozen
class Meaning:
    """What a schema says of its values. A part is None or empty if the schema says nothing of it.

    Attributes:
        types: The JSON types. Beside "number" stands "integer", and "null" where null is allowed.
        values: The values of ``enum`` or ``const``.
        is_const: Whether the value comes from ``const``.
        format: The format.
        properties: The schemas of the properties.
        required: The names of the required properties.
        additional: The schema of the other properties.
        is_closed: Whether there are no other properties.
        items: The schema of the items.
        unions: The branches of each ``anyOf`` and ``oneOf``. A value fits one branch of each.
        discriminator: The discriminator of a union, or of the component of which an object is made.
        words: The annotations.
        component: The reference to the first component of which the schema is made.
        is_more: Whether the schema says more than that component.
        passed_over: The keywords that the normal form does not have.
        problem: What is wrong in the schema.
    """

    types: tuple[str, ...] | None = None
    values: tuple[Any, ...] | None = None
    is_const: bool = False
    format: str = ""
    properties: Mapping[str, Schema] = field(factory=dict)
    required: tuple[str, ...] = ()
    additional: Schema | None = None
    is_closed: bool = False
    items: Schema | None = None
    unions: tuple[tuple[Schema, ...], ...] = ()
    discriminator: Node = field(factory=dict)
    words: Node = field(factory=dict)
    component: str = ""
    is_more: bool = False
    passed_over: frozenset[str] = frozenset()
    problem: str = ""

    @property
    def json_types(self) -> tuple[str, ...] | None:
        """The types, or those that the other keywords imply. None for any type."""
        if self.types is not None:
            return self.types
        if self.values is not None:
            return tuple(dict.fromkeys(map(type_of, self.values)))
        if self.properties or self.required or self.additional:
            return ("object",)
        return None if self.items is None else ("array",)

    @property
    def is_reference(self) -> bool:
        """Whether the schema says what a component says."""
        return bool(self.component) and not self.is_more

    @property
    def allows_nothing(self) -> bool:
        """Whether no value except null is allowed."""
        return self.json_types in {(), ("null",)} or self.values in {(), (None,)}

    @property
    def allows_null(self) -> bool:
        """Whether null is allowed, if the schema is no union."""
        return "null" in (self.types or ()) if self.values is None else None in self.values

    def or_null(self, null: Schema) -> "Meaning":
        """Return the schema that allows null too. ``null`` is the schema of null."""
        return evolve(
            self,
            types=self.json_types and both(self.json_types, ("null",)),
            values=self.values and both(self.values, (None,)),
            unions=tuple((*union, null) for union in self.unions),
        )

    def adds_nothing_to(self, other: "Meaning") -> bool:
        """Return whether each value except null that fits another schema fits this one, as far as their parts tell."""
        types, theirs = self.types, other.json_types
        return (
            (types is None or (theirs is not None and {*theirs} <= {*types, "null"}))
            and all(
                name in other.properties and {*schema} <= {*other.properties[name]}
                for name, schema in self.properties.items()
            )
            and {*self.required, *self.unions} <= {*other.required, *other.unions}
            and self.values in {None, other.values}
            and self.items in {None, other.items}
            and self.additional in {None, other.additional}
            and self.is_closed <= other.is_closed
        )


def meet(one: Meaning, two: Meaning) -> Meaning:
    """Return what two schemas say together. The words of the second come first.

    A property that one of them declares is not restricted by ``additionalProperties`` of the other.
    """
    alone = [whole for whole, other in ((one, two), (two, one)) if whole.component and other.adds_nothing_to(whole)]
    shared = one.properties.keys() & two.properties.keys()
    return Meaning(
        types=_common(one.types, two.types, _in_both),
        values=_common(one.values, two.values, _in_both),
        is_const=one.is_const or two.is_const,
        format=two.format or one.format,
        properties={**one.properties, **two.properties}
        | {name: both(one.properties[name], two.properties[name]) for name in shared},
        required=both(one.required, two.required),
        additional=_common(one.additional, two.additional, both),
        is_closed=one.is_closed or two.is_closed,
        items=_common(one.items, two.items, both),
        unions=both(one.unions, two.unions),
        discriminator=two.discriminator or one.discriminator,
        words={**one.words, **two.words},
        component=alone[0].component if alone else one.component or two.component,
        is_more=alone[0].is_more if alone else True,
        passed_over=one.passed_over | two.passed_over,
        problem=one.problem or two.problem,
    )


def both(one: tuple[T, ...], two: tuple[T, ...]) -> tuple[T, ...]:
    """Return what two tuples have, without repetitions. Of two schemas, the schema of the values that fit both."""
    return tuple(dict.fromkeys([*one, *two]))


def type_of(value: Any) -> str:
    """Return the JSON type of a scalar value. Empty for another value."""
    return TYPES.get(type(value), "")


def _common(one: T | None, two: T | None, combine: Callable[[T, T], T]) -> T | None:
    """Return what two schemas say of one thing, of which either may say nothing."""
    if one is None:
        return two
    return one if two is None else combine(one, two)


def _in_both(one: tuple[Any, ...], two: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(value for value in one if value in two)
