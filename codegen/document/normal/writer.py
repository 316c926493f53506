"""Writes schemas in normal form.

A schema in normal form is one of these, with annotations beside it:

- ``{}``, which allows any value;
- a ``type`` that is a scalar, with ``format``, ``const`` or ``enum``;
- an array with ``items``;
- an object with ``properties``, ``required`` and ``additionalProperties``;
- ``anyOf`` with two or more of these, with ``discriminator``; the ``title`` of a branch names the component to which
  it adds what stands beside the union;
- a ``$ref`` to a component, which does not allow null itself.

With ``nullable: true``, null is allowed too.
"""

import json
from typing import Any

from codegen.document.normal.keywords import schema_of
from codegen.document.normal.meaning import ANY, Meaning, Schema, type_of
from codegen.document.normal.nodes import (
    BROKEN,
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
from codegen.document.normal.schemas import Schemas
from codegen.document.reading import Node


class Writer:
    """Writes the schemas of a document in normal form.

    Attributes:
        schemas: The schemas of the document.
        notes: The schemas that allow more values in normal form, since it cannot express them, or since they are wrong.
    """

    def __init__(self, document: Node) -> None:
        self.notes: list[Finding] = []
        self.schemas = Schemas(document)
        self._refs: list[str] = []  # to the components that are used
        self._open: set[Schema] = set()

    def schema(self, node: Any, place: str) -> Node:
        """Return a schema of the document in normal form. ``place`` is where it stands."""
        return self._schema(schema_of(node), place)

    def components(self) -> dict[str, Node]:
        """Return the components that the schemas refer to, in normal form, by their names."""
        # Each of them may refer to others, which are then added to the list.
        return {component_name(ref): self._component(ref) for ref in self._refs}

    def _component(self, ref: str) -> Node:
        schema = (self.schemas.at(ref),)
        meaning = self.schemas.meaning(schema)
        return self._inline(schema, meaning, below(COMPONENTS, component_name(ref))) | meaning.words

    def _schema(self, schema: Schema, place: str) -> Node:
        meaning = self.schemas.meaning(schema)
        if meaning.allows_nothing and meaning.allows_null:
            return NULL | meaning.words
        body = self._not_null(schema, meaning, place)
        allows_null = body and any(whole.allows_null for _, whole in self.schemas.branches(schema, meaning))
        return body | ({"nullable": True} if allows_null else {}) | meaning.words

    def _not_null(self, schema: Schema, meaning: Meaning, place: str) -> Node:
        """Return the schema of the values other than null, without annotations."""
        if meaning.problem:
            return self._any(place, meaning.problem) | {BROKEN: f"{place}: {meaning.problem}"}
        if meaning.component:
            if meaning.component not in self._refs:
                self._refs.append(meaning.component)
            return reference_to(component_name(meaning.component))
        if schema in self._open:
            return self._any(place, "it contains itself")
        self._open.add(schema)
        body = self._inline(schema, meaning, place)
        self._open.discard(schema)
        return body

    def _any(self, place: str, why: str) -> Node:
        """Return the schema of any value, and note why it is that."""
        self.notes.append(Finding(place, why))
        return {}

    def _inline(self, schema: Schema, meaning: Meaning, place: str) -> Node:
        for key in meaning.passed_over:
            self._any(place, f"its {key!r} is passed over")
        if len(meaning.unions) > 1:
            return self._any(place, "it has more than one union")
        wholes = [
            (branch, whole) for branch, whole in self.schemas.branches(schema, meaning) if not whole.allows_nothing
        ]
        if meaning.unions:
            nodes = [self._branch(branch, whole, place) for branch, whole in wholes]
        elif meaning.values is not None:
            key = "const" if meaning.is_const else "enum"
            nodes = [
                {"type": type_of(value), key: value if meaning.is_const else [value]}
                for value in meaning.values
                if value is not None
            ]
        elif meaning.json_types == ANY:
            return {}
        else:
            nodes = [self._typed(meaning, type_, place) for type_ in meaning.json_types if type_ != "null"]
        if not nodes:
            return self._any(place, "its parts have no value in common")
        node = _united(nodes)
        if "anyOf" in node:
            # That of the union, or the one that all its objects have.
            found = [whole.discriminator for _, whole in wholes if "object" in whole.json_types]
            common = found[0] if found and all(other == found[0] for other in found) else {}
            discriminator = self.schemas.discriminator(meaning) or common
            node |= {"discriminator": discriminator} if discriminator else {}
        return node

    def _branch(self, schema: Schema, whole: Meaning, place: str) -> Node:
        node = self._not_null(schema, whole, place) | whole.words
        component = self.schemas.meaning(schema).component
        return node | {"title": component_name(component)} if component and not whole.component else node

    def _typed(self, meaning: Meaning, type_: str, place: str) -> Node:
        if type_ == "object":
            return self._object(meaning, place)
        if type_ == "array":
            return {"type": type_, "items": self._schema(meaning.items, below(place, "items"))}
        return {"type": type_} | ({"format": meaning.format} if meaning.format and type_ == "string" else {})

    def _object(self, meaning: Meaning, place: str) -> Node:
        node: Node = {"type": "object"}
        others = meaning.additional
        if meaning.properties:
            # What is required and not declared is one of the other properties.
            schemas = dict.fromkeys([*meaning.properties, *meaning.required], others or ()) | meaning.properties
            node["properties"] = {
                name: self._schema(schema, below(place, "properties", name)) for name, schema in schemas.items()
            }
            tag = node["properties"].get(str(meaning.discriminator.get("propertyName")), {})
            if tag.get("type") == "string" and (tags := object_in(meaning.discriminator, "mapping")):
                tag["examples"] = [*tag.get("examples", ()), *tags]
        if meaning.required:
            node["required"] = [*meaning.required]
        if meaning.is_closed:
            node["additionalProperties"] = False
        elif others is not None:
            node["additionalProperties"] = self._schema(others, below(place, "additionalProperties")) or True
        return node


def _united(nodes: list[Node]) -> Node:
    """Return the schema of the values that fit one of some schemas, which are in normal form and do not allow null."""
    united: dict[str, Node] = {}
    for branch in (branch for node in nodes for branch in node.get("anyOf", [node])):
        key = _key(branch)
        if key in united and key in SCALARS:
            united[key] = _either(united[key], branch)
        united.setdefault(key, branch)
    branches = [*united.values()]
    if not all(map(bare, branches)):
        return {}
    return branches[0] if len(branches) == 1 else {"anyOf": branches}


def _key(node: Node) -> str:
    """Return what tells a schema from others in a union: the type of a scalar, "number" for an integer too."""
    type_ = "number" if node.get("type") == "integer" else node.get("type")
    return type_ if type_ in SCALARS else json.dumps(bare(node), sort_keys=True)


def _either(one: Node, other: Node) -> Node:
    """Return the schema of the values that fit one of two schemas of scalars with the same key."""
    values = [*values_of(one), *values_of(other)] if values_of(one) and values_of(other) else []
    type_ = one["type"] if one["type"] == other["type"] else "number"
    return {"type": type_} | ({"enum": [*dict.fromkeys(values)]} if values else {})
