"""Writes schemas in normal form.

A schema in normal form is one of these, with annotations beside it:

- ``{}``, which allows any value;
- a ``type`` that is a scalar, with ``format``, ``const`` or ``enum``;
- an array with ``items``;
- an object with ``properties``, ``required`` and ``additionalProperties``;
- ``anyOf`` with two or more of these, with ``discriminator``; the ``title`` of a branch names the component it narrows;
- a ``$ref`` to a component, which does not allow null itself;
- ``anyOf: [schema, null]``.
"""

import json
from collections.abc import Iterator
from typing import Any

from attrs import evolve

from codegen.document.normal.meaning import Meaning, Schema, both, meet, type_of
from codegen.document.normal.nodes import (
    COMPONENTS,
    NULL,
    SCALARS,
    Finding,
    bare,
    below,
    component_name,
    object_in,
    reference_to,
    values_of,
)
from codegen.document.normal.schemas import Schemas, meaning_of
from codegen.document.reading import Node


class Writer:
    """Writes the schemas of a document in normal form.

    Attributes:
        notes: The schemas that allow more values in normal form, since it cannot express them.
        broken: The schemas that are wrong. In normal form, they allow any value.
    """

    def __init__(self, document: Node) -> None:
        self.notes: list[Finding] = []
        self.broken: list[Finding] = []
        self._schemas = Schemas(document)
        self._refs: dict[str, str] = {}  # by the names of the components
        self._new: list[str] = []  # the components that are not written yet
        self._open: set[Schema] = set()

    def schema(self, node: Any, place: str) -> Node:
        """Return a schema of the document in normal form. ``place`` is where it stands."""
        return self._schema(self._schemas.of(node), place)

    def components(self) -> dict[str, Node]:
        """Return the components that the schemas refer to, in normal form, by their names."""
        written: dict[str, Node] = {}
        while self._new:
            name = self._new.pop()
            meaning = self._schemas.at(self._refs[name]).meaning
            written[name] = self._inline(meaning, below(COMPONENTS, name)) | self._words(meaning)
        return written

    def _schema(self, schema: Schema, place: str) -> Node:
        meaning = meaning_of(schema)
        if meaning.types == ("null",) or meaning.values == (None,):
            return NULL | self._words(meaning)
        body = self._not_null(schema, meaning, place)
        return ({"anyOf": [body, NULL]} if body and _allows_null(schema) else body) | self._words(meaning)

    def _not_null(self, schema: Schema, meaning: Meaning, place: str) -> Node:
        """Return the schema of the values other than null, without annotations."""
        if meaning.problem:
            self.broken.append(Finding(place, meaning.problem))
            return {}
        if meaning.is_reference:
            return self._reference(meaning.component)
        if schema in self._open:
            self.notes.append(Finding(place, "it contains itself"))
            return {}
        self._open.add(schema)
        body = self._inline(meaning, place)
        self._open.discard(schema)
        return body

    def _words(self, meaning: Meaning) -> Node:
        """Return the annotations of a schema. A reference has those that differ from its target, and the directions."""
        others = self._schemas.at(meaning.component).meaning.words if meaning.is_reference else {}
        kept = {word: one for word, one in meaning.words.items() if word.endswith("Only") or others.get(word) != one}
        return {word: kept[word] for word in sorted(kept) if word != "discriminator"}

    def _reference(self, ref: str) -> Node:
        name = component_name(ref)
        if name not in self._refs:
            self._refs[name] = ref
            self._new.append(name)
        return reference_to(name)

    def _inline(self, meaning: Meaning, place: str) -> Node:
        self.notes += [Finding(place, f"its {key!r} is passed over") for key in meaning.passed_over]
        if meaning.values:
            values = [value for value in meaning.values if value is not None]
            nodes = [{"type": type_of(one)} | ({"const": one} if meaning.is_const else {"enum": [one]}) for one in values]
        elif len(meaning.unions) > 1:
            self.notes.append(Finding(place, "it has more than one union"))
            return {}
        elif meaning.unions:
            nodes = [*self._branches(meaning, place, ())]
        elif meaning.json_types is None:
            return {}
        else:
            nodes = [self._typed(meaning, type_, place) for type_ in meaning.json_types if type_ != "null"]
        if not nodes:
            self.notes.append(Finding(place, "its parts have no value in common"))
            return {}
        node = _united(nodes)
        if "anyOf" in node and meaning.unions:
            unions = [meaning, *(branch for branch in map(meaning_of, meaning.unions[0]) if branch.unions)]
            if found := [one for union in unions if (one := object_in(union.words, "discriminator"))]:
                node["discriminator"] = _discriminator(found[0])
        return node

    def _branches(self, meaning: Meaning, place: str, within: tuple[Schema, ...]) -> Iterator[Node]:
        """Yield the branches of a union, and of the unions in it, each together with what stands beside the union."""
        beside = evolve(meaning, unions=(), words={}, passed_over=frozenset())
        for index, schema in enumerate(meaning.unions[0]):
            at = below(place, "anyOf", index)
            branch = meaning_of(schema)
            whole = meet(beside, branch)
            if whole.allows_nothing or schema in within:
                continue
            if len(whole.unions) == 1:
                yield from self._branches(whole, at, (*within, schema))
                continue
            node = self._not_null(schema, whole, at) | self._words(whole)
            yield node if "$ref" in node or not branch.component else node | {"title": component_name(branch.component)}

    def _typed(self, meaning: Meaning, type_: str, place: str) -> Node:
        if type_ == "object":
            return self._object(meaning, place)
        if type_ == "array":
            return {"type": type_, "items": self._schema(meaning.items or (), below(place, "items"))}
        return {"type": type_} | ({"format": meaning.format} if meaning.format and type_ == "string" else {})

    def _object(self, meaning: Meaning, place: str) -> Node:
        node: Node = {"type": "object"}
        others = meaning.additional
        if meaning.properties:
            # What is required and not declared is one of the other properties.
            schemas = dict.fromkeys([*meaning.properties, *meaning.required], others or ()) | {**meaning.properties}
            names = schemas.items()
            node["properties"] = {name: self._schema(one, below(place, "properties", name)) for name, one in names}
        if meaning.required:
            node["required"] = [*meaning.required]
        if others is not None:
            is_open = others is not False
            node["additionalProperties"] = is_open and (self._schema(others, below(place, "additionalProperties")) or True)
        return node


def _allows_null(schema: Schema, within: tuple[Schema, ...] = ()) -> bool:
    """Return whether null is allowed: by the schema, or by a branch of each of its unions."""
    meaning = meaning_of(schema)
    if meaning.values is not None:
        return None in meaning.values
    if meaning.types is not None:
        return "null" in meaning.types
    if not meaning.unions or schema in within:
        return False
    return all(any(_allows_null(one, (*within, schema)) for one in union) for union in meaning.unions)


def _discriminator(node: Node) -> Node:
    """Return a discriminator in normal form. Its tags have names of components.

    In a document, they have the name, or a reference or an address that ends with it.
    """
    names = {tag: str(ref).rpartition("/")[2] for tag, ref in object_in(node, "mapping").items()}
    mapping = {tag: component_name(f"{COMPONENTS}/{name}") for tag, name in names.items()}
    return {"propertyName": str(node.get("propertyName")), "mapping": mapping}


def _united(nodes: list[Node]) -> Node:
    """Return the schema of the values that fit one of some schemas, which are in normal form and do not allow null.

    Scalars of one type become one.
    """
    distinct: dict[str, Node] = {}
    for node in nodes:
        key = _key(node)
        distinct[key] = _either(distinct[key], node) if key in distinct else node
    if not all(map(bare, distinct.values())):
        return {}
    return next(iter(distinct.values())) if len(distinct) == 1 else {"anyOf": [*distinct.values()]}


def _key(node: Node) -> str:
    """Return what tells a schema from others in a union: the type of a scalar, "number" for an integer too."""
    type_ = str(node.get("type"))
    if type_ in SCALARS:
        return "number" if type_ == "integer" else type_
    return json.dumps(bare(node), sort_keys=True)


def _either(one: Node, two: Node) -> Node:
    """Return the schema of the values that fit one of two schemas with the same key."""
    if bare(one) == bare(two):
        return one
    type_ = one["type"] if one["type"] == two["type"] else "number"
    listed = values_of(one), values_of(two)
    return {"type": type_} | ({"enum": [*both(*map(tuple, listed))]} if all(listed) else {})
