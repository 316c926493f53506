"""Finds what the schemas of a document mean: through references, ``allOf`` and all spellings of null."""

import json
from collections.abc import Iterator
from functools import reduce
from typing import Any

from attrs import evolve

from codegen.document.normal.keywords import ANNOTATIONS, keywords_of, list_in, schema_of
from codegen.document.normal.meaning import DECISIVE, Meaning, Schema, key_of, meet, type_of
from codegen.document.normal.nodes import BrokenSchemaError, target
from codegen.document.reading import Node

# OpenAPI 3.0 ignores the keywords beside a $ref; authors still mean these.
BESIDE_REFERENCES = {"$ref", "description", "deprecated", "nullable", "readOnly", "writeOnly"}


class Schemas:
    """The schemas of a document."""

    def __init__(self, document: Node) -> None:
        self._document = document
        self._ignores_siblings = str(document.get("openapi", "")).startswith("3.0")
        # By the identities of nodes; the first keeps the nodes that are not in the document.
        self._schemas: dict[tuple[int, ...], tuple[Schema, Meaning]] = {}
        self._nodes: dict[int, Meaning] = {}

    def meaning(self, schema: Schema) -> Meaning:
        """Return what a schema says of its values.

        Raises:
            BrokenSchemaError: A reference leads to nothing, or a type does not exist.
        """
        key = key_of(schema)
        if key not in self._schemas:
            meanings = [node if isinstance(node, Meaning) else self._meaning_of(node) for node in schema]
            self._schemas[key] = schema, reduce(meet, meanings, Meaning())
        return self._schemas[key][1]

    def allows_null(self, schema: Schema, within: tuple[int, ...] = ()) -> bool:
        """Return whether null is allowed: by the schema, or by a branch of each of its unions."""
        meaning = self.meaning(schema)
        if meaning.null is not None or not meaning.unions or id(meaning) in within:
            return bool(meaning.null)
        return all(any(self.allows_null(one, (*within, id(meaning))) for one in union) for union in meaning.unions)

    def reference(self, schema: Schema) -> str:
        """Return the reference that a schema is no more than. Empty if there is none.

        A reference beside other keywords counts if they do not narrow it.
        """
        refs = [ref for node in schema if not isinstance(node, Meaning) for ref in self.references(node)]
        meaning = self.meaning(schema)
        return next((ref for ref in refs if self.is_same(self.meaning(self.at(ref)), meaning)), "")

    def references(self, node: Node) -> Iterator[str]:
        """Yield the references of a schema and of the parts of its ``allOf``."""
        if "$ref" in node:
            yield str(node["$ref"])
        for part in list_in(self._said(node), "allOf"):
            yield from self.references(part) if isinstance(part, dict) else ()

    def alias_of(self, schema: Schema) -> str:
        """Return the reference that a schema is another name for. Empty if it has keywords that could narrow it."""
        node = schema[0] if len(schema) == 1 and not isinstance(schema[0], Meaning) else {}
        keys = self._said(node).keys() - ANNOTATIONS - {"nullable"}
        if keys == {"allOf"} and len(node["allOf"]) == 1:
            return self.alias_of(schema_of(node["allOf"][0]))
        return str(node["$ref"]) if keys == {"$ref"} else ""

    def final(self, ref: str) -> str:
        """Return a reference, or that which its target is another name for."""
        refs = [ref]
        while alias := self.alias_of(self.at(refs[-1])):
            if alias in refs:
                raise BrokenSchemaError(f"the reference {ref!r} leads back to itself")
            refs.append(alias)
        return refs[-1]

    def at(self, ref: str) -> Schema:
        """Return the schema that a reference leads to."""
        return schema_of(target(self._document, ref))

    def is_same(self, one: Meaning, two: Meaning, *, but_required: bool = False) -> bool:
        """Return whether two schemas say the same of values other than null, but perhaps of what is required."""
        if but_required:
            one, two = evolve(one, required=()), evolve(two, required=())
        return self._signature(one) == self._signature(two)

    def _signature(self, meaning: Meaning) -> list[Any]:
        types, values = meaning.json_types, meaning.values
        return [
            types if types is None else {*types},
            values if values is None else {(type_of(value), value) for value in values},
            meaning.format if meaning.format in DECISIVE else "",
            {name: self._text(one) for name, one in meaning.properties.items()},
            {*meaning.required},
            [one if one is None else self._text(one) for one in (meaning.additional, meaning.items)],
            [[*map(self._text, union)] for union in meaning.unions],
        ]

    def _text(self, schema: Schema) -> set[str]:
        """Return the texts of the nodes of a schema that say something."""
        nodes = [{"id": id(node)} if isinstance(node, Meaning) else self._said(node) for node in schema]
        kept = [{key: one for key, one in node.items() if key not in ANNOTATIONS} for node in nodes]
        return {json.dumps(node, sort_keys=True, default=str) for node in kept if node}

    def _meaning_of(self, node: Node) -> Meaning:
        if id(node) not in self._nodes:
            self._nodes[id(node)] = Meaning()  # an allOf that leads back to itself says nothing more
            try:
                self._nodes[id(node)] = self._read(node)
            except BrokenSchemaError:
                del self._nodes[id(node)]
                raise
        return self._nodes[id(node)]

    def _read(self, node: Node) -> Meaning:
        said = self._said(node)
        parts = [self.meaning(self.at(str(node["$ref"])))] if "$ref" in node else []
        parts += [self.meaning(schema_of(part)) for part in list_in(said, "allOf")]
        own = keywords_of(said)
        meaning = reduce(meet, [*parts, own], Meaning())
        # A value of a branch of a union fits the union.
        unions = tuple(union for union in meaning.unions if all(self._target(one) is not node for one in union))
        # What a schema says itself of null comes before what its parts say.
        return evolve(meaning, unions=unions, null=own.null or meaning.null)

    def _target(self, branch: Schema) -> Any:
        ref = self.alias_of(branch)
        return target(self._document, ref) if ref else None

    def _said(self, node: Node) -> Node:
        """Return a node without the keywords that this version of OpenAPI ignores."""
        if "$ref" in node and self._ignores_siblings:
            return {key: value for key, value in node.items() if key in BESIDE_REFERENCES}
        return node
