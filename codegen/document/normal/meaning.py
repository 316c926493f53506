"""What a schema says of its values, and what two schemas say of them together."""

from collections.abc import Callable
from typing import Any, TypeVar

from attrs import define, evolve, field, frozen

from codegen.document.reading import Node

T = TypeVar("T")

# A schema: parts that all apply. No part: any value.
Schema = tuple["Part", ...]

ANY = ("null", "string", "integer", "number", "boolean", "array", "object")
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
        component: The reference to the component of which the schema says no more than the words.
        passed_over: The keywords that the normal form does not have.
        problem: What is wrong in the schema.
    """

    types: tuple[str, ...] = ANY
    values: tuple[Any, ...] | None = None
    is_const: bool = False
    format: str = ""
    properties: dict[str, Schema] = field(factory=dict)
    required: tuple[str, ...] = ()
    additional: Schema | None = None
    is_closed: bool = False
    items: Schema = ()
    unions: tuple[tuple[Schema, ...], ...] = ()
    discriminator: Node = field(factory=dict)
    words: Node = field(factory=dict)
    component: str = ""
    passed_over: frozenset[str] = frozenset()
    problem: str = ""

    @property
    def json_types(self) -> tuple[str, ...]:
        """The types, or those that the other keywords imply."""
        if self.types != ANY:
            return self.types
        if self.values is not None:
            return tuple(dict.fromkeys(map(type_of, self.values)))
        if self.properties or self.required or self.additional:
            return ("object",)
        return ("array",) if self.items else ANY

    @property
    def allows_nothing(self) -> bool:
        """Whether no value except null is allowed."""
        return self.json_types in {(), ("null",)} or self.values in {(), (None,)}

    @property
    def allows_null(self) -> bool:
        """Whether null is allowed, if the schema is no union."""
        return "null" in self.json_types if self.values is None else None in self.values

    def or_null(self, null: Schema) -> "Meaning":
        """Return the schema that allows null too. ``null`` is the schema of null."""
        return evolve(
            self,
            # Beside a union, the keywords of one type do not say that there is no other.
            types=joined(self.types if self.unions else self.json_types, ("null",)),
            values=None if self.values is None else joined(self.values, (None,)),
            unions=tuple((*union, null) for union in self.unions),
        )

    @property
    def substance(self) -> list[Any]:
        """What it says of values other than null, to compare two schemas."""
        types = {*self.json_types} - {"null"}
        rest = (self.values, self.properties, self.additional, self.is_closed, self.items)
        return [types, {*self.required}, {*self.unions}, *rest]


def meet(left: Meaning, right: Meaning) -> Meaning:
    """Return what two schemas say together. The words of the second come first.

    A property that one of them declares is not restricted by ``additionalProperties`` of the other.
    """
    shared = left.properties.keys() & right.properties.keys()
    merged = {name: joined(left.properties[name], right.properties[name]) for name in shared}
    whole = Meaning(
        types=_intersection(*sorted((left.types, right.types), key=len)),
        values=_combined(left.values, right.values, _intersection),
        is_const=left.is_const or right.is_const,
        format=right.format or left.format,
        properties={**left.properties, **right.properties, **merged},
        required=joined(left.required, right.required),
        additional=_combined(left.additional, right.additional, joined),
        is_closed=left.is_closed or right.is_closed,
        items=joined(left.items, right.items),
        unions=joined(left.unions, right.unions),
        discriminator=right.discriminator or left.discriminator,
        words={**left.words, **right.words},
        passed_over=left.passed_over | right.passed_over,
        problem=left.problem or right.problem,
    )
    same = [part.component for part in (left, right) if part.component and part.substance == whole.substance]
    return evolve(whole, component=same[0]) if same else whole


def joined(left: tuple[T, ...], right: tuple[T, ...]) -> tuple[T, ...]:
    """Return the items of two tuples, without repetitions.

    The parts of a schema all apply, so the parts of two schemas together are the schema of the values that fit both.
    """
    return tuple(dict.fromkeys([*left, *right]))


def type_of(value: Any) -> str:
    """Return the JSON type of a scalar value. Empty for another value."""
    return TYPES.get(type(value), "")


def _combined(left: T | None, right: T | None, combine: Callable[[T, T], T]) -> T | None:
    """Return what two schemas say of one thing, of which either may say nothing."""
    if left is None:
        return right
    return left if right is None else combine(left, right)


def _intersection(left: tuple[Any, ...], right: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(value for value in left if value in right)
